import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DatasetError } from '../dataset.ts';
import { parseCsv, type CsvForm } from './csv.ts';

const plain: CsvForm = { label: null, leftOut: [], image: null };
const parse = (text: string, form: Partial<CsvForm> = {}) => parseCsv(Buffer.from(text), { ...plain, ...form }, 'data.csv');

/** Any text that a spreadsheet would quote, without the space around it that is not kept. */
const labels = fc
  .string({ unit: fc.constantFrom('a', 'é', '7', ' ', ',', ';', '\t', '"', "'", '\n', '\r\n'), minLength: 1, maxLength: 8 })
  .map((text) => text.trim())
  .filter(Boolean);
/** But for -0, which is written 0. */
const numbers = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

describe('what a spreadsheet writes is read back', () => {
  const files = fc.integer({ min: 1, max: 4 }).chain((width) =>
    fc.record({
      rows: fc.array(fc.record({ values: fc.array(numbers, { minLength: width, maxLength: width }), label: labels }), {
        minLength: 1,
        maxLength: 6,
      }),
      names: fc.constantFrom(null, ['a', 'b', 'c', 'd'].slice(0, width)),
      at: fc.integer({ min: 0, max: width }),
      delimiter: fc.constantFrom(',', ';', '\t'),
      newline: fc.constantFrom('\n', '\r\n'),
      mark: fc.constantFrom('', '\ufeff'),
      gap: fc.constantFrom('', '\n', '  \n'),
      ending: fc.boolean(),
      quoteAll: fc.boolean(),
    }),
  );

  test('in any dialect', () => {
    fc.assert(
      fc.property(files, ({ rows, names, at, delimiter, newline, mark, gap, ending, quoteAll }) => {
        const line = (values: readonly string[], label: string) => values.toSpliced(at, 0, label).join(delimiter);
        const number = (value: number) => (quoteAll ? quoted(String(value)) : String(value));
        const lines = [
          ...(names ? [line(names, 'class')] : []),
          ...rows.map(({ values, label }) => line(values.map(number), quoted(label))),
        ];
        const text = mark + gap + lines.join(newline + gap.replaceAll('\n', newline)) + (ending ? newline : '');
        const read = parse(text, { label: names ? 'class' : String(at + 1) });
        expect(read.labels).toEqual(rows.map(({ label }) => label));
        expect([...read.values]).toEqual(rows.flatMap(({ values }) => values));
        expect(read).toMatchObject({ kind: 'table', width: rows[0]!.values.length, height: 1 });
      }),
    );
  });
});

describe('parseCsv', () => {
  test('takes the last column for the label, and a first line without numbers for names', () => {
    expect(parse('length,width,species\n1,2,setosa\n3,4.5,virginica\n')).toEqual({
      kind: 'table',
      width: 2,
      height: 1,
      values: Float64Array.of(1, 2, 3, 4.5),
      labels: ['setosa', 'virginica'],
    });
    expect(parse('1,2,setosa\n3,4.5,virginica').labels).toEqual(['setosa', 'virginica']);
  });

  test('takes the label by name or number, and leaves columns out', () => {
    const text = 'id,kind,a,b\n100,x,1,2\n101,y,3,4\n';
    for (const label of ['kind', '2']) {
      const read = parse(text, { label, leftOut: ['id'] });
      expect([...read.values]).toEqual([1, 2, 3, 4]);
      expect(read.labels).toEqual(['x', 'y']);
    }
    expect([...parse(text, { label: 'kind', leftOut: ['1', 'b'] }).values]).toEqual([1, 3]);
  });

  test('reads all forms of numbers', () => {
    expect([...parse('1,+2,-3,.5,5.,1e3,-2.5E-2,x\n').values]).toEqual([1, 2, -3, 0.5, 5, 1000, -0.025]);
  });

  test('takes rows of bytes for images of a size', () => {
    const read = parse('label,p1,p2,p3,p4,p5,p6\n3,0,1,2,3,4,255\n', { label: 'label', image: { width: 3, height: 2 } });
    expect(read).toEqual({ kind: 'images', width: 3, height: 2, values: Uint8Array.of(0, 1, 2, 3, 4, 255), labels: ['3'] });
  });

  test('reads what spreadsheets call Unicode text', () => {
    const read = parseCsv(Buffer.from('\ufeffa\tb\tkind\r\n1\t2\tx\r\n', 'utf16le'), plain, 'data.csv');
    expect([...read.values]).toEqual([1, 2]);
    expect(read.labels).toEqual(['x']);
  });

  test('grows with its rows', () => {
    const text = Array.from({ length: 5000 }, (_, i) => `${i},${-i},${i % 3}`).join('\n');
    const { values } = parse(text);
    expect(values).toHaveLength(10_000);
    expect(values.every((value, i) => Math.abs(value) === i >> 1)).toBe(true);
  });

  test('of an empty file there are no rows', () => expect(parse('').labels).toEqual([]));
});

describe('what cannot be read is refused with its line and what to do', () => {
  test.each<[string, string, Partial<CsvForm>, string]>([
    [
      'a word among numbers',
      'a,b,c\n1,2,x\n\n1,n/a,y\n',
      {},
      'data.csv, line 4: "n/a" in column "b" is not a number; correct it, or leave out the row or the column.',
    ],
    ['a gap', '1,2,x\n1,,y\n', {}, 'data.csv, line 2: "" in column 2 is not a number; correct it, or leave out the row or the column.'],
    [
      'a decimal comma',
      'a;b;kind\n1,5;2,5;x\n',
      {},
      'data.csv, line 2: "1,5" in column "a" is not a number; correct it, or leave out the row or the column.',
    ],
    [
      'a number beyond all numbers',
      '1,x\n1e999,y\n',
      {},
      'data.csv, line 2: "1e999" in column 1 is not a number; correct it, or leave out the row or the column.',
    ],
    [
      'a number in another notation',
      '1,x\n0x10,y\n',
      {},
      'data.csv, line 2: "0x10" in column 1 is not a number; correct it, or leave out the row or the column.',
    ],
    [
      'a fraction of a pixel',
      '0,0.5,x\n',
      { image: { width: 2, height: 1 } },
      'data.csv, line 1: "0.5" in column 2 is not a whole number from 0 to 255; correct it, or leave out the row or the column.',
    ],
    [
      'a bright pixel',
      'a,b,l\n0,256,x\n',
      { image: { width: 2, height: 1 } },
      'data.csv, line 2: "256" in column "b" is not a whole number from 0 to 255; correct it, or leave out the row or the column.',
    ],
    ['a short row', '1,2,x\n1,y\n', {}, 'data.csv, line 2: the row has 2 fields and the first one has 3; give every row the same.'],
    ['a long row', '1,2,x\n1,2,3,y\n', {}, 'data.csv, line 2: the row has 4 fields and the first one has 3; give every row the same.'],
    ['an empty label', '1,2,x\n1,2, \n', {}, 'data.csv, line 2: the label is empty; give the row one, or leave it out.'],
    [
      'a first line of both kinds',
      '2020,growth,kind\n1,2,x\n',
      {},
      'data.csv, line 1: "growth" is not a number and other fields are; give every column a name that is not a number, or none, and leave out columns of text.',
    ],
    ['one column', 'a\nb\n', {}, 'data.csv has no columns beside the label; separate them by a comma, a semicolon or a tab.'],
    [
      'a label that is not there',
      'a,b\n1,x\n',
      { label: 'c' },
      'data.csv has no column "c": its first line is a, b; choose a name of these, or a number from 1.',
    ],
    [
      'a label beyond the last',
      'a,b\n1,x\n',
      { label: '3' },
      'data.csv has no column "3": its first line is a, b; choose a name of these, or a number from 1.',
    ],
    [
      'a column 0',
      'a,b,c,d,e,f,g,h,i\n',
      { leftOut: ['0'] },
      'data.csv has no column "0": its first line is a, b, c, d, e, f, g, h, ..; choose a name of these, or a number from 1.',
    ],
    [
      'a name of two columns',
      'a,a,b\n1,2,x\n',
      { label: 'a' },
      'data.csv has several columns "a"; choose by number, the first column is 1.',
    ],
    [
      'another size',
      '1,2,3,x\n',
      { image: { width: 2, height: 2 } },
      'data.csv has 3 columns beside the label, and an image of 2x2 has 4; choose another --size.',
    ],
    ['an open quote', '1,x\n2,"y\n3,z\n', {}, 'data.csv, line 3: the file ends inside a quoted field; close its quote.'],
    [
      'a quote in a field',
      '1,x\n2,5" nail\n',
      {},
      'data.csv, line 2: a quote stands inside a field; put quotes around the whole field and double those inside it.',
    ],
    [
      'a quote that was not doubled',
      '1,"a "b" c"\n',
      {},
      'data.csv, line 1: a quote stands inside a field; put quotes around the whole field and double those inside it.',
    ],
    [
      'an endless line',
      `1,x\n2,${'y'.repeat(2 ** 20 + 1)}\n`,
      {},
      'data.csv, line 2: the row is longer than 1048576 characters; close its quotes, or give it fewer columns.',
    ],
    ['too many columns', `${'1,'.repeat(65_537)}x\n`, {}, 'data.csv has 65537 columns of numbers; leave some out, down to 65536.'],
  ])('%s', (_, text, form, sentence) => {
    expect(() => parse(text, form)).toThrow(DatasetError);
    expect(() => parse(text, form)).toThrow(new DatasetError(sentence));
  });
});
