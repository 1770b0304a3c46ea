/** Every state of a person's own data, with plausible pictures and a plausible table. */

import type { LeftOut, Reading } from '../../src/data/formats/reading.ts';
import { randomStream } from '../../src/math/random.ts';
import { defaultForm, type FromReader, type KeptData, type OwnImages, type OwnTable, type Preview } from '../../src/own/ownData.ts';

const SIDE = 32;

const fruits = [
  { name: 'apples', rows: 148, hue: 355, tall: 1 },
  { name: 'limes', rows: 37, hue: 95, tall: 0.9 },
  { name: 'pears', rows: 121, hue: 65, tall: 1.35 },
  { name: 'plums', rows: 106, hue: 285, tall: 1.1 },
] as const;

/** A fruit on a table, in pixels. */
function drawn({ name, hue, tall }: (typeof fruits)[number], k: number): Preview {
  const random = randomStream(k, 'fruit', name);
  const between = (low: number, high: number) => low + (high - low) * random.uniform();
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('No 2-d canvas; the gallery needs one to draw its images.');
  context.fillStyle = `hsl(${between(25, 45)} ${between(10, 40)}% ${between(70, 92)}%)`;
  context.fillRect(0, 0, SIDE, SIDE);
  const [x, y, radius] = [between(13, 19), between(15, 19), between(7, 10)];
  const light = context.createRadialGradient(x - 3, y - 4, 1, x, y, radius * 1.3);
  light.addColorStop(0, `hsl(${hue} 75% 78%)`);
  light.addColorStop(1, `hsl(${hue + between(-10, 10)} 65% ${between(32, 45)}%)`);
  context.fillStyle = light;
  context.beginPath();
  context.ellipse(x, y, radius, radius * tall, between(-0.3, 0.3), 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = 'hsl(30 50% 25%)';
  context.fillRect(x, y - radius * tall - 3, 2, 5);
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  return { label: name, values: Uint8Array.from(data.filter((_, i) => i % 4 < 3)) };
}

/** @param times how many of each there are, of those above. */
function reading(times: number, leftOut: readonly LeftOut[]): Reading {
  const classes = fruits.map(({ name, rows }) => ({ name, rows: times * rows }));
  const rows = classes.reduce((sum, ofClass) => sum + ofClass.rows, 0);
  return { kind: 'images', rows, classes, columns: [], dialect: null, leftOut, notes: [] };
}

const broken: LeftOut[] = [
  { what: 'file', why: 'broken', count: 2, examples: ['apples/IMG_2031.jpg', 'pears/IMG_2077.jpg'] },
  { what: 'file', why: 'lies beside the classes’ folders', count: 1, examples: ['notes.txt'] },
  { what: 'system file', why: 'an operating system left it there', count: 2, examples: ['.DS_Store', 'apples/Thumbs.db'] },
];

export const pictures = (times: number, leftOut: readonly LeftOut[]): OwnImages => ({
  kind: 'images',
  from: 'files',
  form: defaultForm.image,
  reading: reading(times, leftOut),
  previews: fruits.flatMap((fruit) => Array.from({ length: 6 }, (_, k) => drawn(fruit, k))),
});

export const passengers: OwnTable = {
  kind: 'table',
  name: 'passengers.csv',
  form: { ...defaultForm.table, label: 'Survived', names: true, leftOut: ['Ticket'] },
  titles: ['PassengerId', 'Survived', 'Pclass', 'Name', 'Sex', 'Age', 'Ticket', 'Fare', 'Embarked'],
  reading: {
    kind: 'table',
    rows: 891,
    classes: [
      { name: '0', rows: 549 },
      { name: '1', rows: 342 },
    ],
    columns: [
      { kind: 'number', name: 'PassengerId', least: 1, greatest: 891, empty: 0 },
      { kind: 'number', name: 'Pclass', least: 1, greatest: 3, empty: 0 },
      { kind: 'category', name: 'Sex', categories: ['female', 'male'], empty: 0 },
      { kind: 'number', name: 'Age', least: 0.42, greatest: 80, empty: 177 },
      { kind: 'number', name: 'Fare', least: 0, greatest: 512.3292, empty: 0 },
      { kind: 'category', name: 'Embarked', categories: ['C', 'Q', 'S'], empty: 2 },
    ],
    dialect: { encoding: 'utf-8', delimiter: ',', decimal: '.', names: true },
    leftOut: [{ what: 'column', why: 'has a word of its own in many rows, as names and identifiers have', count: 1, examples: ['Name'] }],
    notes: [],
  },
};

interface OwnGalleryState {
  readonly kind: 'own';
  readonly kept: KeptData | null;
  readonly message: FromReader | null;
  readonly found?: number;
}

export function ownStates(): Record<string, OwnGalleryState> {
  const kept = (data: KeptData['data'], stoppedAt: KeptData['stoppedAt'] = null): OwnGalleryState => ({
    kind: 'own',
    kept: { data, stoppedAt },
    message: null,
  });
  const said = (message: FromReader): OwnGalleryState => ({ kind: 'own', kept: null, message });
  const progress = { unit: 'images', done: 4127, total: 10_000 } as const;
  return {
    ownEmpty: { kind: 'own', kept: null, message: null },
    ownFinding: { kind: 'own', kept: null, message: null, found: 3100 },
    ownReading: said({ type: 'progress', progress, data: pictures(10, broken.slice(0, 1)) }),
    ownTableReading: said({ type: 'progress', progress: { unit: 'bytes', done: 31e6, total: 96e6 }, data: null }),
    ownPictures: kept(pictures(1, broken)),
    ownStopped: kept(pictures(10, []), progress),
    ownTable: kept(passengers),
    ownAsked: said({ type: 'asked', images: 12 }),
    ownRefused: said({
      type: 'refused',
      refusal: {
        message: 'The images lie in folders inside folders, such as train/apples/1.jpg; give the folder in which each folder is a class.',
        saying: null,
        titles: [],
      },
    }),
    ownUnclear: said({
      type: 'refused',
      refusal: {
        message: 'spectra.csv has a first line (400, 402, 404, 406, a) of which it cannot be told if it names the columns',
        saying: 'names',
        titles: ['400', '402', '404', '406', 'a'],
      },
    }),
  };
}
