import fc from 'fast-check';
import { expect, test } from 'vitest';
import { branchOf } from './sumTree.ts';

const membersOf = (count: number) => Array.from({ length: count }, (_, k) => ({ id: `p${k}`, number: 2 * k }));

test('nine members sum up at once', () => {
  const members = membersOf(9);
  expect(branchOf(members, 'p0')).toEqual({ parent: null, children: members.slice(1), height: 1 });
  expect(branchOf(members, 'p8')).toEqual({ parent: 'p0', children: [], height: 0 });
});

test('who is no member is alone', () => expect(branchOf(membersOf(3), 'other')).toEqual({ parent: null, children: [], height: 0 }));

test('every member but the lowest is the child of exactly the one that is its parent, and sums go up as often as it is high', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), (count) => {
      const members = membersOf(count);
      const branches = new Map(members.map(({ id }) => [id, branchOf(members, id)]));
      const children = members.flatMap(({ id }) => branches.get(id)!.children.map((child) => [child.id, id] as const));
      expect(new Map(children)).toEqual(new Map(members.slice(1).map(({ id }) => [id, branches.get(id)!.parent])));
      expect(children).toHaveLength(count - 1);
      for (const { parent, height } of branches.values()) {
        if (parent !== null) expect(branches.get(parent)!.height).toBeGreaterThan(height);
      }
      expect(branches.get('p0')!.height).toBeLessThanOrEqual(3);
    }),
  );
});
