import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { openCsv, type CsvForm } from '../data/formats/csvForm.ts';
import { randomStream } from '../math/random.ts';
import { nameKey, taskSchema, taskWidth, widthOf, type ImageTask, type TableTask, type Task } from '../settings/task.ts';
import { describeTask } from './describe.ts';
import { taskDigest } from './digest.ts';
import { imageTask, tableColumns, tableTask } from './makeTask.ts';
import { ownRowsOf, readTable } from './match.ts';
import { constantCount, constantOf, momentsOf, scaleOf, standardised } from './moments.ts';
import { nearest } from '../data/names.ts';
import { divided, fits, OwnShare } from './ownRows.ts';
import { TaskError } from './taskError.ts';

const form: CsvForm = { label: null, leftOut: [], categories: [], names: null, empty: 'impute', encoding: null, image: null };
const textOf = (text: string, where = 'a.csv') => openCsv(new TextEncoder().encode(text), { encoding: null }, where);

const images: ImageTask = { kind: 'images', width: 2, height: 2, channels: 3, classNames: ['cat', 'dog', 'Ankle boot'] };
const table: TableTask = {
  kind: 'table',
  columns: [
    { kind: 'number', name: 'Age', hasEmpty: true },
    { kind: 'category', name: 'Sex', categories: ['f', 'm'], hasEmpty: false },
    { kind: 'number', name: 'Fare', hasEmpty: false },
  ],
  label: 'Survived',
  names: true,
  empty: 'impute',
  classNames: ['0', '1'],
};

describe('the schema', () => {
  test.each<[string, unknown]>([
    ['images', images],
    ['a table', table],
  ])('takes %s', (_, task) => expect(v.parse(taskSchema, task)).toEqual(task));

  test.each<[string, unknown]>([
    ['one class', { ...images, classNames: ['a'] }],
    ['classes that differ by case and blanks alone', { ...images, classNames: ['Cat', 'c at'] }],
    ['a class without a name', { ...images, classNames: ['a', ' '] }],
    ['a class of a long name', { ...images, classNames: ['a', 'b'.repeat(101)] }],
    ['too many classes', { ...images, classNames: Array.from({ length: 256 }, (_, i) => `c${i}`) }],
    ['two channels', { ...images, channels: 2 }],
    ['rows that are too wide', { ...images, width: 256, height: 256 }],
    ['something more', { ...images, file: 'me.png' }],
    ['no columns', { ...table, columns: [] }],
    ['two columns of one name', { ...table, columns: [table.columns[0], { ...table.columns[2], name: 'AGE' }] }],
    ['a column that is the label', { ...table, label: 'fare' }],
    [
      'more text than a register holds',
      { ...table, columns: Array.from({ length: 1000 }, (_, i) => ({ ...table.columns[0], name: `${i}`.padEnd(60, 'x') })) },
    ],
  ])('refuses %s', (_, task) => expect(v.is(taskSchema, task)).toBe(false));
});

const shuffledMembers = (value: unknown, seed: number): unknown => {
  if (Array.isArray(value)) return value.map((member) => shuffledMembers(member, seed));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    randomStream(seed, 'members')
      .shuffle(Object.entries(value))
      .map(([name, member]) => [name, shuffledMembers(member, seed)]),
  );
};

describe('the digest', () => {
  test('does not depend on the order in which a task was written', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        for (const task of [images, table]) expect(taskDigest(v.parse(taskSchema, shuffledMembers(task, seed)))).toBe(taskDigest(task));
      }),
    );
  });

  test('is another for every other meaning', () => {
    const others: Task[] = [
      images,
      table,
      { ...images, channels: 1 },
      { ...images, classNames: ['dog', 'cat', 'Ankle boot'] },
      { ...table, columns: [...table.columns].reverse() },
      { ...table, empty: 'skip' },
    ];
    expect(new Set(others.map(taskDigest)).size).toBe(others.length);
    expect(taskDigest(images)).toMatch(/^[0-9a-f]{64}$/);
  });
});

test('a task in words', () => {
  expect(describeTask({ ...images, width: 32, height: 32 })).toBe('tells cat, dog and Ankle boot from 32 x 32 colour images');
  expect(describeTask(table)).toBe('tells 0 and 1 as Survived from rows of Age, Sex (a category) and Fare');
  expect(describeTask({ ...table, names: false })).toBe('tells 0 and 1 from rows of 3 columns');
});

describe('names', () => {
  test('are the same whatever their case and blanks', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{1,12}$/), fc.stringMatching(/^ {0,3}$/), (name, blanks) => {
        expect(nameKey(`${blanks}${name.toUpperCase()}${blanks}`)).toBe(nameKey(name));
      }),
    );
  });

  test('a name that one slip has changed is offered, a strange one is not', () => {
    const names = ['zebra', 'crocodile', 'hippopotamus'];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.nat(4), fc.constantFrom('q', ''), (name, at, slip) => {
        expect(nearest(`${name.slice(0, at)}${slip}${name.slice(at + 1)}`, names)).toBe(name);
      }),
    );
    expect(nearest('whale', names)).toBeNull();
  });
});

const rows = Array.from({ length: 30 }, (_, i) => ({
  Age: i % 7 === 0 ? '' : String(20 + i),
  Sex: i % 3 ? 'm' : 'f',
  Fare: String(i / 2),
  Survived: String(i % 2),
}));
type Column = keyof (typeof rows)[number];
const csvOf = (columns: readonly Column[], of = rows, titles: readonly string[] = columns) =>
  [titles.join(), ...of.map((row) => columns.map((column) => row[column]).join())].join('\n');

describe('a table', () => {
  test('is read the same whatever the order of its columns, their case, and what else it has', () => {
    const expected = ownRowsOf(table, readTable(textOf(csvOf(['Age', 'Sex', 'Fare', 'Survived'])), table).rows, 'a.csv');
    fc.assert(
      fc.property(fc.shuffledSubarray<Column>(['Age', 'Sex', 'Fare', 'Survived'], { minLength: 4 }), fc.boolean(), (columns, isLoud) => {
        const titles = columns.map((column) => (isLoud ? ` ${column.toUpperCase()}` : column));
        const text = csvOf(columns, rows, titles).replaceAll('\n', ',secret\n');
        const { rows: read, reading } = readTable(textOf(`${text},secret`), table);
        expect(ownRowsOf(table, read, 'b.csv')).toEqual(expected);
        expect(reading.leftOut).toEqual([{ what: 'column', why: 'it is not learned from', count: 1, examples: ['secret'] }]);
      }),
    );
  });

  test.each([
    [
      'a column that is missing',
      csvOf(['Age', 'Fare', 'Survived']),
      /^b\.csv has no column "Sex"; add it: the columns are "Age", "Sex", "Fare", "Survived", in any order\.$/,
    ],
    [
      'a column of a near name',
      csvOf(['Age', 'Sex', 'Fare', 'Survived'], rows, ['Age', 'Sex', 'Fares', 'Survived']),
      /no column "Fare"; did you mean "Fares"\? Rename it/,
    ],
    ['a column twice', csvOf(['Age', 'Sex', 'Fare', 'Fare', 'Survived']), /several columns "Fare"; give each a name/],
    ['nothing', '\n', /has no rows/],
  ])('with %s is refused', (_, text, complaint) => {
    expect(() => readTable(textOf(text, 'b.csv'), table)).toThrow(complaint);
  });

  test('with a class that is not learned is refused, with the one that was meant', () => {
    const read = (label: string) =>
      readTable(textOf(csvOf(['Age', 'Sex', 'Fare', 'Survived'], [{ ...rows[0]!, Survived: label }])), table).rows;
    const named: TableTask = { ...table, classNames: ['alive', 'dead'] };
    expect(() => ownRowsOf(named, read('alve'), 'b.csv')).toThrow(
      /has the class "alve", which is not learned; did you mean "alive"\? Rename it, or leave it out: the classes are "alive", "dead"\.$/,
    );
    expect(() => ownRowsOf(named, read('7'), 'b.csv')).toThrow(/leave it out: the classes/);
    expect([...ownRowsOf(named, read('DEAD'), 'b.csv').labels]).toEqual([1]);
    expect(() => ownRowsOf(images, read('dead'), 'b.csv')).toThrow(/b\.csv has a table, and images are learned from; bring images\.$/);
  });
});

describe('a task of several tables', () => {
  test('has the columns that all of them have, with the categories and empty cells of each', () => {
    const [some, others] = [rows.slice(0, 14).filter(({ Age }) => Age !== ''), rows.slice(14)];
    const a = textOf(csvOf(['Age', 'Sex', 'Fare', 'Survived'], some));
    const b = textOf(
      csvOf(
        ['Survived', 'Fare', 'Sex', 'Age'],
        others.map((row) => ({ ...row, Sex: row.Sex === 'm' ? 'x' : 'f' })),
        ['survived', 'fare', 'sex', 'age'],
      ),
      'b.csv',
    );
    const columns = tableColumns([a, b], form);
    const task = tableTask(
      columns,
      [a, b].map((text) => readTable(text, columns).rows.labels),
    );
    expect(task).toEqual({ ...table, columns: [table.columns[0], { ...table.columns[1], categories: ['f', 'm', 'x'] }, table.columns[2]] });
    expect(taskWidth(task)).toBe(task.columns.reduce((sum, column) => sum + widthOf(column), 0));
  });

  test('takes numbers for names where another has words, and leaves out what one of them cannot learn from', () => {
    const lines = (count: number, line: (i: number) => string) => Array.from({ length: count }, (_, i) => line(i)).join('\n');
    const a = textOf(`zip,id,x,y\n${lines(30, (i) => `${1 + (i % 3)},person ${i},${i},${i % 2 ? 'a' : 'b'}`)}`);
    const b = textOf(`zip,id,x,y\n${lines(30, (i) => `${['north', 'south'][i % 2]},person ${i},${i},${i % 2 ? 'a' : 'b'}`)}`, 'b.csv');
    const { columns } = tableColumns([a, b], form);
    expect(columns).toEqual([
      { kind: 'category', name: 'zip', categories: ['1', '2', '3', 'north', 'south'], hasEmpty: false },
      { kind: 'number', name: 'x', hasEmpty: false },
    ]);
    expect(() => tableColumns([a, b], { ...form, leftOut: ['nmae'] })).toThrow(/no column "nmae" in any table/);
    expect(tableColumns([a, b], { ...form, leftOut: ['ZIP'] }).columns.map(({ name }) => name)).toEqual(['x']);
  });

  test('is refused where a column has another name', () => {
    const a = textOf(csvOf(['Age', 'Fare', 'Survived']));
    const b = textOf(csvOf(['Age', 'Fare', 'Survived'], rows, ['Age', 'Fares', 'Survived']), 'b.csv');
    expect(() => tableColumns([a, b], form)).toThrow(
      /b\.csv has no column "Fare", which others have \(is it "Fares"\?\); name it alike in all, or leave it out/,
    );
  });
});

test('classes of several folders are one list, in order, each in its first spelling', () => {
  const { width, height, channels } = images;
  expect(
    imageTask({ width, height, channels }, [
      ['dogs', 'cats'],
      ['CATS', 'foxes'],
    ]).classNames,
  ).toEqual(['cats', 'dogs', 'foxes']);
  expect(imageTask({ width, height, channels }, [['10', '9']]).classNames).toEqual(['9', '10']);
  expect(() => imageTask({ width, height, channels }, [['dogs', 'Dogs']])).toThrow(/only the class "dogs"; learning needs two or more/);
});

/** Values of a task's rows, far from 0 and some of them missing. */
const valuesOf = (task: Task, count: number, seed: number) => {
  const constant = constantOf(task);
  const random = randomStream(seed, 'values');
  const values = Array.from({ length: count * constant.length }, (_, i) => {
    if (constant[i % constant.length]! < 0) return random.integer(2);
    return task.kind === 'table' && random.uniform() < 0.1 ? NaN : 1e6 + 10 * random.normal();
  });
  return task.kind === 'table' ? Float64Array.from(values) : Uint8Array.from(values, () => random.integer(256));
};

describe('constants of standardisation', () => {
  test('from the sums of any parts are those of the whole', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Task>(images, table),
        fc.integer({ min: 4, max: 40 }),
        fc.array(fc.nat(39), { maxLength: 3 }),
        fc.nat(),
        (task, count, cuts, seed) => {
          const values = valuesOf(task, count, seed);
          const all = Array.from({ length: count }, (_, row) => row);
          const bounds = [0, ...cuts.map((cut) => cut % count).sort((a, b) => a - b), count];
          const parts = bounds.slice(1).map((end, k) => all.slice(bounds[k], end));
          const merged = scaleOf(parts.map((part) => momentsOf(task, values, part)));
          const whole = scaleOf([momentsOf(task, values, all)]);
          merged.mean.forEach((mean, c) => expect(mean).toBeCloseTo(whole.mean[c]!, 6));
          merged.std.forEach((std, c) => expect(std).toBeCloseTo(whole.std[c]!, 6));
          // What the whole's constants are for.
          const standard = standardised(task, values, all, whole);
          const constant = constantOf(task);
          for (let c = 0; c < constantCount(task); c++) {
            const ofColumn = [...standard].filter((_, i) => constant[i % constant.length] === c);
            expect(ofColumn.reduce((sum, value) => sum + value, 0) / ofColumn.length).toBeCloseTo(0, 4);
          }
        },
      ),
    );
  });

  test('leave indicators as they are, and give a value that is not there the mean', () => {
    const values = Float64Array.of(NaN, 1, 0, 1, 5, 30, 0, 1, 0, 7);
    expect([...standardised(table, values, [0, 1], { mean: [20, 6], std: [10, 1] })]).toEqual([0, 1, 0, 1, -1, 1, 0, 1, 0, 1]);
    expect(scaleOf([[{ count: 0, mean: 0, squares: 0 }]])).toEqual({ mean: [0], std: [1] });
  });
});

describe('own rows', () => {
  const settings = { seed: 3, samples: 20, testSamples: 1000 };
  const own = (count: number, task: Task = images) => ({
    digest: taskDigest(task),
    values: valuesOf(task, count, 1),
    labels: Uint8Array.from({ length: count }, (_, i) => (i * i) % 2),
  });

  test('are divided: of each class a part is held out, what is learned from is none of it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 60 }), fc.nat(100), (count, seed) => {
        const rowsOfOne = own(count);
        const { train, heldOut } = divided(rowsOfOne, images, { ...settings, samples: 5000, seed });
        expect([...train, ...heldOut].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, row) => row));
        for (const label of [0, 1]) expect(heldOut.some((row) => rowsOfOne.labels[row] === label)).toBe(true);
        expect(divided(rowsOfOne, images, { ...settings, samples: 5000, seed })).toEqual({ train, heldOut });
      }),
    );
    expect(divided(own(60), images, settings).train).toHaveLength(20);
  });

  test('are told of by counts and sums', () => {
    const share = new OwnShare(images, own(40), { ...settings, samples: 5000 });
    const { contribution } = share;
    expect(contribution).toMatchObject({ digest: taskDigest(images), train: [17, 17, 0], heldOut: [3, 3, 0] });
    expect(contribution.moments.map(({ count }) => count)).toEqual([136, 136, 136]);
    expect(fits(contribution, images, taskDigest(images))).toBe(true);
    expect(fits(contribution, { ...images, channels: 1 }, taskDigest(images))).toBe(false);
    expect(fits(contribution, images, taskDigest(table))).toBe(false);
    expect(share.standardised().test.labels).toHaveLength(6);
    expect(share.standardised().own.rows).toHaveLength(34 * 12);
  });

  test('are too few where a sum would tell one of them', () => {
    expect(() => new OwnShare(images, own(9), settings)).toThrow(TaskError);
    const sparse = { ...own(12, table), values: Float64Array.from({ length: 12 * 5 }, (_, i) => (i % 5 === 0 && i > 15 ? NaN : i)) };
    const [age, fare] = new OwnShare(table, sparse, settings).contribution.moments;
    expect(age).toEqual({ count: 0, mean: 0, squares: 0 });
    expect(fare!.count).toBe(10);
  });
});
