import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DatasetError } from '../dataset.ts';
import { parseCsv, parseCsvLike } from './csv.ts';
import type { CsvForm } from './csvForm.ts';

const plain: CsvForm = { label: null, leftOut: [], categories: [], names: null, empty: 'impute', encoding: null, image: null };
const bytesOf = (text: string) => new TextEncoder().encode(text);
const read = (text: string, form: Partial<CsvForm> = {}) => parseCsv(bytesOf(text), { ...plain, ...form }, 'data.csv');
const parse = (text: string, form: Partial<CsvForm> = {}) => read(text, form).rows;
const classesOf = (text: string, form: Partial<CsvForm> = {}) =>
  Object.fromEntries(read(text, form).reading.classes.map(({ name, rows }) => [name, rows]));

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
        const found = parse(text, { label: names ? 'class' : String(at + 1), names: names !== null });
        expect(found.labels).toEqual(rows.map(({ label }) => label));
        expect([...found.values]).toEqual(rows.flatMap(({ values }) => values));
        expect(found).toMatchObject({ kind: 'table', width: rows[0]!.values.length, height: 1 });
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
      indicators: new Set(),
    });
    expect(parse('1,2,setosa\n3,4.5,virginica').labels).toEqual(['setosa', 'virginica']);
  });

  test('takes the label by name or number, and leaves columns out', () => {
    const text = 'id,kind,a,b\n100,x,1,2\n101,y,3,4\n';
    for (const label of ['kind', '2']) {
      const found = parse(text, { label, leftOut: ['id'] });
      expect([...found.values]).toEqual([1, 2, 3, 4]);
      expect(found.labels).toEqual(['x', 'y']);
    }
    expect([...parse(text, { label: 'kind', leftOut: ['1', 'b'] }).values]).toEqual([1, 3]);
  });

  test('reads all forms of numbers', () => {
    expect([...parse('1,+2,-3,.5,5.,1e3,-2.5E-2,x\n').values]).toEqual([1, 2, -3, 0.5, 5, 1000, -0.025]);
  });

  test('takes rows of bytes for images of a size', () => {
    const found = parse('label,p1,p2,p3,p4,p5,p6\n3,0,1,2,3,4,255\n', { label: 'label', image: { width: 3, height: 2 } });
    expect(found).toEqual({ kind: 'images', width: 3, height: 2, values: Uint8Array.of(0, 1, 2, 3, 4, 255), labels: ['3'] });
  });

  test('reads what spreadsheets call Unicode text', () => {
    const { rows } = parseCsv(Buffer.from('\ufeffa\tb\tkind\r\n1\t2\tx\r\n', 'utf16le'), plain, 'data.csv');
    expect([...rows.values]).toEqual([1, 2]);
    expect(rows.labels).toEqual(['x']);
  });

  test('grows with its rows', () => {
    const text = Array.from({ length: 5000 }, (_, i) => `${i},${-i},${i % 3}`).join('\n');
    const { values } = parse(text);
    expect(values).toHaveLength(10_000);
    expect(values.every((value, i) => Math.abs(value) === i >> 1)).toBe(true);
  });

  test('tells the delimiter from all first lines, not from the commas in one', () => {
    expect([...parse('"a, b, c, d";e;kind\n1,5;2;x\n2,5;3;y\n').values]).toEqual([1.5, 2, 2.5, 3]);
    expect([...parse('a;kind\n1,5;2,5\n2,5;3,5\n').values]).toEqual([1.5, 2.5]);
    expect([...parse('1|2|x\n3|4|y\n').values]).toEqual([1, 2, 3, 4]);
    expect(parse('a,b,kind\n1,2,x;y;z;u\n3,4,w\n').labels).toEqual(['x;y;z;u', 'w']);
  });
});

const rowsOf = (count: number, row: (i: number) => readonly (string | number)[]) =>
  Array.from({ length: count }, (_, i) => row(i).join(',')).join('\n');
/** Numbers as instruments give them, of three classes. */
const measured = (i: number) => [((7 * i) % 11) / 4, ((5 * i) % 13) / 8, ((3 * i) % 17) / 2];

describe('if the first line names the columns', () => {
  const kinds = rowsOf(30, (i) => [...measured(i), 'abc'[i % 3]!]);
  const numbered = rowsOf(30, (i) => [...measured(i), i % 3]);
  const words = rowsOf(30, (i) => ['xyz'[i % 3]!, 'uv'[i % 2]!, 'ab'[i % 2]!]);

  test.each<[string, string, Partial<CsvForm>]>([
    ['words over numbers', `a,b,c,kind\n${kinds}`, {}],
    ['words and years over numbers', `2020,growth,2022,kind\n${kinds}`, {}],
    ['wavelengths', `400,402,404,label\n${kinds}`, {}],
    ['wavelengths that fall, unevenly', `404.5,402.1,400,label\n${kinds}`, {}],
    ['positions', `0,1,2,3\n${kinds}`, {}],
    ['positions over numbered classes', `1,2,3,4\n${numbered}`, {}],
    ['numbers, and a word over numbered classes', `3,1,2,label\n${numbered}`, {}],
    ['numbers far from all others, in no order', `1600,900,1200,label\n${kinds}`, {}],
    ['numbers and nothing over the label', `400,402,404,\n${kinds}`, {}],
    ['numbers, when the label is called by its name', `3,1,2,label\n${kinds}`, { label: 'label' }],
    ['numbers, when a person says so', `1,0.5,2,a\n${kinds}`, { names: true }],
    ['words over words', `shape,form,kind\n${words}`, {}],
    ['one name lacking, as of an index', `,b,c,kind\n${kinds}`, {}],
  ])('is seen of %s', (_, text, form) => {
    const { rows, reading } = read(text, form);
    expect(reading.dialect?.names).toBe(true);
    expect(rows.labels).toHaveLength(30);
    expect(reading.classes.map(({ rows: count }) => count).every((count) => count >= 10)).toBe(true);
  });

  test.each<[string, string, Partial<CsvForm>]>([
    ['a row as the others', kinds, {}],
    ['a row of numbers and a numbered class', numbered, {}],
    ['a row that rises, of a class that others have', `1,2.25,3.5,b\n${kinds}`, {}],
    ['a row of words that others have', words, {}],
    ['a row of a rare class among others such', `1.5,0.25,2,d\n${kinds}\n2,1,1,e`, {}],
    ['names, when a person says not', `3,1,2,label\n${kinds}`, { names: false }],
    ['two rows', '1,2,setosa\n3,4.5,virginica', {}],
  ])('is not seen of %s', (_, text, form) => {
    const { rows, reading } = read(text, form);
    expect(reading.dialect?.names).toBe(false);
    expect(rows.labels).toHaveLength(text.split('\n').length);
  });

  test.each<[string, string]>([
    ['numbers in no order, of a new class', `1.5,0.25,2,label\n${kinds}`],
    ['counting numbers of a class that others have', `0,1,2,a\n${kinds}`],
    ['a word over numbers, of a class that others have', `1.5,x,2,a\n${kinds}`],
  ])('is asked of %s', (_, text) => {
    expect(() => read(text)).toThrow(
      /^data\.csv has a first line \(.*\) of which it cannot be told if it names the columns; say it with --names yes or --names no\.$/,
    );
    expect(read(text, { names: true }).rows.labels).toHaveLength(30);
  });
});

describe('words', () => {
  const text = `sex,zip,size,kind\n${rowsOf(40, (i) => [['f', 'm', 'd', ''][i % 4]!, i % 2 ? '01' : '1', i, 'ab'[i % 2]!])}`;

  test('become a column a category, and an empty field one of its own', () => {
    const { rows, reading } = read(text);
    expect(rows.width).toBe(4 + 1 + 1);
    expect([...rows.values.subarray(0, 24)]).toEqual([0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 1, 0, 0, 0, 1, 2, 0, 0, 0, 1, 1, 3]);
    expect(rows.indicators).toEqual(new Set([0, 1, 2, 3]));
    expect(reading.columns).toEqual([
      { kind: 'category', name: 'sex', categories: ['d', 'f', 'm'], empty: 10 },
      { kind: 'number', name: 'zip', least: 1, greatest: 1, empty: 0 },
      { kind: 'number', name: 'size', least: 0, greatest: 39, empty: 0 },
    ]);
  });

  test('may look like numbers, when a person says so', () => {
    expect(read(text, { categories: ['zip'] }).reading.columns[1]).toEqual({
      kind: 'category',
      name: 'zip',
      categories: ['01', '1'],
      empty: 0,
    });
  });

  test('beside numbers make them names too', () => {
    const { reading } = read(`deck,kind\n${rowsOf(40, (i) => [['1', '02', 'A', 'B'][i % 4]!, 'ab'[i % 2]!])}`);
    expect(reading.columns).toEqual([{ kind: 'category', name: 'deck', categories: ['02', '1', 'A', 'B'], empty: 0 }]);
  });

  test('that name rows are left out, and it is told', () => {
    const people = `name,age,kind\n${rowsOf(40, (i) => [`person ${i}`, i, 'ab'[i % 2]!])}`;
    const { rows, reading } = read(people);
    expect(rows.width).toBe(1);
    expect(reading.leftOut).toEqual([
      { what: 'column', why: 'has a word of its own in many rows, as names and identifiers have', count: 1, examples: ['name'] },
    ]);
    expect(read(people, { categories: ['name'] }).rows.width).toBe(41);
  });

  test('of one spelling are one, however their accents are stored', () => {
    expect(classesOf('a,kind\n1,T\u00f6rn\n2,To\u0308rn\n3,Tarn\n')).toEqual({ 'T\u00f6rn': 2, Tarn: 1 });
  });
});

describe('empty fields', () => {
  const text = `age,size,kind\n${rowsOf(40, (i) => [['', '?', 'NA', i, i, i, i, i][i % 8]!, i, 'ab'[i % 2]!])}`;

  test('are no number, never 0, and marked', () => {
    const { rows, reading } = read(text);
    expect([...rows.values.subarray(0, 12)]).toEqual([NaN, 1, 0, NaN, 1, 1, NaN, 1, 2, 3, 0, 3]);
    expect(rows.indicators).toEqual(new Set([1]));
    expect(reading.columns[0]).toEqual({ kind: 'number', name: 'age', least: 3, greatest: 39, empty: 15 });
  });

  test('leave out their rows, when a person says so', () => {
    const { rows, reading } = read(text, { empty: 'skip' });
    expect(rows.width).toBe(2);
    expect(rows.labels).toHaveLength(25);
    expect(rows.values.includes(NaN)).toBe(false);
    expect(reading.leftOut).toMatchObject([{ what: 'row', why: 'a value is missing', count: 15 }]);
    expect(reading.leftOut[0]?.examples.slice(0, 3)).toEqual(['line 2', 'line 3', 'line 4']);
  });

  test('are refused, when a person says so', () => {
    expect(() => read(text, { empty: 'refuse' })).toThrow(
      new DatasetError('data.csv, line 2: there is no value in column "age"; give it one, or leave out the row or the column.'),
    );
  });

  test('of a whole column leave it out', () => {
    const { reading } = read('a,b,kind\n1,,x\n2,,y\n', { names: true });
    expect(reading.leftOut).toEqual([{ what: 'column', why: 'empty', count: 1, examples: ['b'] }]);
  });
});

describe('decimal commas', () => {
  test.each([';', '\t'])('are read where %j stands between fields, and told', (delimiter) => {
    const { rows, reading } = read(`a;b;kind\n0,5;,25;x\n-1,5e2;2;y\n`.replaceAll(';', delimiter));
    expect([...rows.values]).toEqual([0.5, 0.25, -150, 2]);
    expect(reading.dialect).toEqual({ encoding: 'utf-8', delimiter, decimal: ',', names: true });
  });
});

describe('rows for testing', () => {
  const train = read('len,wid,word,id,kind\n1,10,u,7,a\n2,20,v,8,b\n3,,u,9,a\n', { leftOut: ['id'] });
  const like = (text: string, form: Partial<CsvForm> = {}) => parseCsvLike(bytesOf(text), train.plan, { ...plain, ...form }, 'test.csv');

  test('are found by the names of their columns', () => {
    const { rows } = like('kind;wid;len;word\na;10,5;1;v\nb;;2;u\n');
    expect([...rows.values]).toEqual([1, 10.5, 0, 0, 1, 2, NaN, 1, 1, 0]);
    expect(rows.labels).toEqual(['a', 'b']);
    expect(like('id,word,kind,wid,len\n5,u,a,10,1\n').rows.values.subarray(0, 2)).toEqual(Float64Array.of(1, 10));
  });

  test('may have words that no row to train on has, which is told', () => {
    const { rows, reading } = like('len,wid,word,kind\n1,10,w,a\n');
    expect([...rows.values]).toEqual([1, 10, 0, 0, 0]);
    expect(reading.notes).toEqual(['Column "word" has "w", which no row to train on has: taken for none of its categories.']);
  });

  test.each([
    ['a missing column', 'len,word,kind\n1,u,a\n', 'test.csv lacks the column "wid" of the rows to train on; add it.'],
    [
      'an extra one',
      'len,wid,word,kind,more\n1,2,u,a,3\n',
      'test.csv has the column "more", which the rows to train on have not; delete it there.',
    ],
    [
      'one without a name',
      ',len,wid,word,kind\n0,1,2,u,a\n',
      'test.csv has no name for column 1; name it, or leave it out with --leave-out.',
    ],
    ['a double one', 'len,len,wid,word,kind\n0,1,2,u,a\n', 'test.csv has several columns "len"; give each a name of its own.'],
    [
      'no names',
      '1,2,u,a\n2,3,v,b\n',
      'test.csv does not name its columns as the rows to train on do ("len", "wid", "word", "kind"); give it such a first line.',
    ],
  ])('are refused with %s', (_, text, sentence) => expect(() => like(text)).toThrow(new DatasetError(sentence)));

  test('go by position where none have names', () => {
    const { plan } = read('1,2,a\n2,1,b\n');
    expect([...parseCsvLike(bytesOf('5,6,a\n'), plan, plain, 'test.csv').rows.values]).toEqual([5, 6]);
    expect(() => parseCsvLike(bytesOf('5,6,7,a\n'), plan, plain, 'test.csv')).toThrow('test.csv has 4 columns and the rows to train on 3;');
  });
});

describe('what cannot be read is refused with its line and what to do', () => {
  test.each<[string, string, Partial<CsvForm>, string]>([
    [
      'a word among numbers',
      `a,b,c\n\n${'1,2,x\n1,3,y\n'.repeat(6)}1,2.5.1,y\n`,
      {},
      'data.csv, line 15: "2.5.1" in column "b" is not a number and most others are; correct it, leave out the row or the column, or take its numbers for names with --categories.',
    ],
    [
      'a number beyond all numbers',
      `${'1,2,x\n1,3,y\n'.repeat(6)}1,1e999,y\n`,
      {},
      'data.csv, line 13: "1e999" in column 2 is not a number and most others are; correct it, leave out the row or the column, or take its numbers for names with --categories.',
    ],
    [
      'a comma in a number between commas',
      'a,b,kind\n"1,234",2,x\n"0,5",2,y\n',
      {},
      'data.csv, line 2: "1,234" in column "a" has a comma in a number where commas separate fields; write a decimal point, or separate the fields by semicolons.',
    ],
    [
      'decimal commas and points',
      'a;b;kind\n1,5;2;x\n1;2.5;y\n',
      {},
      'data.csv, line 3: "2.5" has a decimal point and numbers before it a comma; write all of them alike.',
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
    ['an empty file', '', {}, 'data.csv has no rows; give it some.'],
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
    ['too many columns', `${'1,'.repeat(65_537)}x\n`, {}, 'data.csv has 65537 columns; leave some out, down to 65536.'],
  ])('%s', (_, text, form, sentence) => {
    expect(() => parse(text, form)).toThrow(DatasetError);
    expect(() => parse(text, form)).toThrow(expect.objectContaining({ message: sentence }));
  });
});
