/** What becomes of a valid input on a bad way, or in a bad mind. */

import fc from 'fast-check';

type Of<Drawn> = Drawn extends fc.Arbitrary<infer T> ? T : never;

/** A place in an input, as a part of all of it. */
const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

/** One place of some bytes, and what becomes of it. */
export const byteDamage = fc.record({
  kind: fc.constantFrom('change', 'cut', 'insert', 'repeat'),
  at: place,
  bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
});

export function damagedBytes(bytes: Uint8Array, { kind, at, bytes: other }: Of<typeof byteDamage>): Uint8Array {
  const start = Math.floor(at * bytes.length);
  const [before, after] = [bytes.subarray(0, start), bytes.subarray(start)];
  return Buffer.concat(
    {
      change: [before, other, after.subarray(other.length)],
      cut: [before, after.subarray(other.length)],
      insert: [before, other, after],
      repeat: [bytes, after],
    }[kind],
  );
}

const plain = [undefined, null, true, 0, -1, 0.5, NaN, Infinity, 2 ** 53, 1e308, '', 'x'.repeat(300), '__proto__', '\u0000'];
const containers = [[], [[]], {}, { type: 'a' }, new Map([[1, 2]]), Float32Array.of(NaN), Uint8Array.of(255)];
/** What stands where something else belongs. */
const oddities: readonly unknown[] = [...plain, ...containers];

/** One place of a value, and what becomes of it: another value, an oddity or one from elsewhere in it, or nothing. */
export const valueDamage = fc.record({
  kind: fc.constantFrom('odd', 'exchange', 'remove'),
  at: place,
  from: place,
  odd: fc.oneof(fc.constantFrom(...oddities), fc.integer(), fc.string({ maxLength: 12 })),
});

interface Place {
  readonly value: unknown;
  readonly replace: (by: unknown) => void;
  readonly remove: () => void;
}

/** All places within a value: items, entries and members, and of an object one for a member that it should not have. */
function placesOf(value: unknown): Place[] {
  if (Array.isArray(value)) {
    const items: unknown[] = value;
    return items.flatMap((item, i) => [
      { value: item, replace: (by) => (items[i] = by), remove: () => items.splice(i, 1) },
      ...placesOf(item),
    ]);
  }
  if (value instanceof Map) {
    const entries: Map<unknown, unknown> = value;
    return [...entries].flatMap(([key, item]) => [
      { value: item, replace: (by) => entries.set(key, by), remove: () => entries.delete(key) },
      { value: key, replace: (by) => entries.set(by, item), remove: () => entries.delete(key) },
      ...placesOf(item),
    ]);
  }
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return [];
  return [
    ...Object.entries(value).flatMap(([name, member]: [string, unknown]) => [
      {
        value: member,
        replace: (by: unknown) => Reflect.set(value, name, by),
        remove: () => Reflect.deleteProperty(value, name),
      },
      ...placesOf(member),
    ]),
    { value: undefined, replace: (by) => Reflect.set(value, 'more', by), remove: () => undefined },
  ];
}

/** A value of its own, damaged place by place. */
export function damagedValue(value: unknown, damages: readonly Of<typeof valueDamage>[]): unknown {
  const copy = structuredClone([value]);
  for (const { kind, at, from, odd } of damages) {
    const places = placesOf(copy);
    const damaged = places[Math.floor(at * places.length)];
    if (kind === 'remove') damaged?.remove();
    else damaged?.replace(structuredClone(kind === 'odd' ? odd : places[Math.floor(from * places.length)]?.value));
  }
  return copy[0];
}
