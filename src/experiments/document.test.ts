import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DocumentError, filled } from './document.ts';

const contents = new Map([
  ['table: wire', '| a |\n| --- |\n| 1 |'],
  ['value: lead-1.5', '2.0'],
]);
const document = [
  '# Title',
  '',
  '<!-- table: wire -->',
  'old',
  '<!-- end -->',
  '',
  'by <!-- value: lead-1.5 -->9<!-- end --> points',
  '',
].join('\n');
const fill = (text: string) => filled(text, contents, 'R.md');

test('marked blocks are filled, in a line of their own or within one, and nothing else changes', () => {
  expect(fill(document)).toBe(
    [
      '# Title',
      '',
      '<!-- table: wire -->',
      '',
      '| a |',
      '| --- |',
      '| 1 |',
      '',
      '<!-- end -->',
      '',
      'by <!-- value: lead-1.5 -->2.0<!-- end --> points',
      '',
    ].join('\n'),
  );
});

test('filling twice is filling once, whatever stands around the blocks', () => {
  const prose = fc.string({ unit: fc.constantFrom('a', ' ', '\n', '|', '<!-- ', ' -->', '<', '-', '$&') });
  fc.assert(
    fc.property(prose, prose, prose, prose, (before, old, between, after) => {
      fc.pre(![before, old, between, after].some((text) => /<!-- end -->/.test(text)));
      const text = `${before}<!-- table: wire -->\n${old}<!-- end -->${between}<!-- value: lead-1.5 --><!-- end -->${after}`;
      const once = fill(text);
      expect(once.startsWith(before) && once.endsWith(after) && once.includes(`<!-- end -->${between}<!-- value`)).toBe(true);
      expect(fill(once)).toBe(once);
    }),
  );
});

test.each([
  [
    'an unknown block',
    document.replace('table: wire', 'table: wires'),
    'R.md, line 3: there is no block "table: wires"; correct its name, or remove its marks.',
  ],
  [
    'a missing block',
    document.replace(/by .*/, ''),
    'R.md has no block "value: lead-1.5"; add <!-- value: lead-1.5 --><!-- end --> where it belongs.',
  ],
  [
    'a block that does not end',
    document.replace('old\n<!-- end -->', 'old'),
    'R.md, line 3: the block "table: wire" does not end; close it by <!-- end -->.',
  ],
  [
    'the last block, not ended',
    document.replace('9<!-- end -->', '9'),
    'R.md, line 7: the block "value: lead-1.5" does not end; close it by <!-- end -->.',
  ],
  ['an end of nothing', `${document}<!-- end -->`, 'R.md, line 8: this ends no block; remove it, or write the mark that begins one.'],
])('%s is refused with a sentence', (_, text, sentence) => {
  expect(() => fill(text)).toThrow(new DocumentError(sentence));
});
