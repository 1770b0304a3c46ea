import { describe, expect, it } from 'vitest';
import type { LabelledRows } from '../data/formats/labelledRows.ts';
import type { ImageTask, TableTask } from '../settings/task.ts';
import { columnsIn, fitOf, formFor, nothingAccepted, rowsTaken, type Accepted, type OwnShape } from './fit.ts';

const images: ImageTask = { kind: 'images', width: 32, height: 32, channels: 3, classNames: ['cats', 'dogs', 'foxes'] };
const table: TableTask = {
  kind: 'table',
  columns: [
    { kind: 'number', name: 'sepal length', hasEmpty: false },
    { kind: 'category', name: 'colour', categories: ['red', 'white'], hasEmpty: true },
  ],
  label: 'species',
  names: true,
  empty: 'impute',
  classNames: ['rose', 'tulip'],
};

type OwnTableShape = Extract<OwnShape, { kind: 'table' }>;

const classes = (...names: readonly string[]) => names.map((name) => ({ name, rows: 8 }));
const pictures = (...names: readonly string[]): OwnShape => ({
  kind: 'images',
  width: 32,
  height: 32,
  channels: 3,
  classes: classes(...names),
});
const flowers = (titles: readonly string[], label = 'species', names = ['rose', 'tulip']): OwnTableShape => ({
  kind: 'table',
  named: true,
  titles,
  label,
  classes: classes(...names),
});

const accepted = (change: Partial<Accepted>): Accepted => ({ ...nothingAccepted, ...change });

describe('own pictures', () => {
  it('fit by the names of their classes, case and blanks aside; others are left out, near misses offered', () => {
    const own = pictures('Dogs', ' cats', 'foxs', 'owls');
    const fit = fitOf(own, images, nothingAccepted);
    expect(fit.classes.map(({ name, taken, near }) => [name, taken, near])).toEqual([
      ['Dogs', 'dogs', null],
      [' cats', 'cats', null],
      ['foxs', null, 'foxes'],
      ['owls', null, null],
    ]);
    expect(fit).toMatchObject({ rows: 16, problem: null, isOfForm: true });
    const taken = accepted({ classes: new Map([['foxs', 'foxes']]) });
    expect(fitOf(own, images, taken)).toMatchObject({ rows: 24, classes: [{}, {}, { taken: 'foxes', near: null }, { taken: null }] });
  });

  it.each([
    ['of no class of the task', pictures('owls'), /^None of your classes is learned here: those are cats, dogs and foxes; say which/],
    ['too few', pictures('cats'), /^Only 8 pictures of yours are of what is learned here; give 10 or more/],
    [
      'of another form',
      { ...pictures('cats'), channels: 1 } as const,
      /were read as 32 × 32 pixels in grey, and this room learns from .* in colour; give/,
    ],
    ['a table instead', flowers(['x', 'species']), /^This room learns from pictures, and yours is a table; give it pictures\.$/],
  ])('are refused in a sentence when they are %s', (_, own, sentence) => {
    expect(fitOf(own, images, nothingAccepted).problem).toMatch(sentence);
  });

  it('are taken as the task calls them, and those that are left out are not', () => {
    const rows: LabelledRows = {
      kind: 'images',
      width: 1,
      height: 1,
      values: Uint8Array.of(1, 1, 2, 2, 3, 3, 4, 4),
      labels: ['owls', 'DOGS', 'foxs', 'cats'],
    };
    const taken = rowsTaken(rows, images, accepted({ classes: new Map([['foxs', 'foxes']]) }));
    expect([taken.labels, [...taken.values]]).toEqual([
      ['dogs', 'foxes', 'cats'],
      [2, 2, 3, 3, 4, 4],
    ]);
  });
});

describe('an own table', () => {
  it('fits by the names of its columns, whatever their order and what else it has', () => {
    const fit = fitOf(flowers(['note', 'Colour', 'species', 'SEPAL LENGTH']), table, nothingAccepted);
    expect(fit).toMatchObject({ problem: null, unused: ['note'], rows: 16 });
    expect(fit.columns.map(({ taken }) => taken)).toEqual(['SEPAL LENGTH', 'Colour']);
  });

  it('is asked which of its columns is one that it has not, and read by that', () => {
    const titles = ['sepal_length', 'colour', 'kind', 'note'];
    const own = flowers(titles, 'kind');
    const fit = fitOf(own, table, nothingAccepted);
    expect(fit.columns[0]).toEqual({ name: 'sepal length', taken: null, near: 'sepal_length' });
    expect(fit.problem).toBe('Your table has no column "sepal length"; choose which of yours it is, or add it.');
    expect(fitOf(flowers(['kind', 'note'], 'kind'), table, nothingAccepted).problem).toBe(
      'Your table has no columns "sepal length", "colour"; choose which of yours they are, or add them.',
    );
    const taken = accepted({ columns: new Map([['sepal length', 'sepal_length']]) });
    expect(fitOf(own, table, taken)).toMatchObject({ problem: null, unused: ['note'] });
    const { columns, label } = columnsIn(table, 'kind', titles, taken);
    expect([label, columns.map(({ name }) => name)]).toEqual(['kind', ['sepal_length', 'colour']]);
  });

  it('is refused where it names its columns and the task’s do not, or the other way round', () => {
    const own = flowers(['sepal length', 'colour', 'species']);
    expect(fitOf({ ...own, named: false }, table, nothingAccepted).problem).toMatch(/give it a first line that does, with "sepal/);
    expect(fitOf(own, { ...table, names: false }, nothingAccepted).problem).toMatch(/delete its first line/);
    expect(fitOf(pictures('rose'), table, nothingAccepted).problem).toMatch(/^This room learns from a table, and yours are pictures/);
  });

  it('is read with the task’s label and categories, and where all is there without the rest', () => {
    const form = { label: null, leftOut: [], categories: [], names: null, empty: 'impute', encoding: null, image: null } as const;
    expect(formFor(table, ['note', 'COLOUR', 'Species', 'sepal length'], form)).toMatchObject({
      label: 'Species',
      categories: ['COLOUR'],
      leftOut: ['note'],
    });
    expect(formFor(table, ['note', 'kind', 'sepal length'], form)).toMatchObject({ label: null, categories: [], leftOut: [] });
  });
});
