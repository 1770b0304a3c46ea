/** What the gallery's clients have learned: models that nobody trained, and mistakes on the images that there are. */

import { fruitConfusion } from './roomStates.ts';
import { taskWidth, type ImageTask, type TableTask, type Task } from '../../src/settings/task.ts';
import type { Examination } from '../../src/client/examination.ts';
import type { LearnedModel } from '../../src/client/learned.ts';
import type { ClientView } from '../../src/client/view.ts';
import type { PackedInputs } from '../../src/data/httpSource.ts';
import { randomStream } from '../../src/math/random.ts';
import { initialWeights } from '../../src/model/model.ts';

const CLASSES = 10;

/** Counts like those of a model of clothes: shirts are taken for what looks like them, the rest seldom. */
export function clothesConfusion(accuracy: number): number[] {
  const random = randomStream(11, 'confusion');
  const tops = [0, 2, 3, 4, 6];
  return Array.from({ length: CLASSES }, (_, is) => {
    const wrong = Array.from({ length: CLASSES }, (__, named) => {
      const alike = tops.includes(is) === tops.includes(named) ? 4 : 0.3;
      return is === named ? 0 : alike * random.uniform();
    });
    const total = wrong.reduce((sum, part) => sum + part, 0);
    const counts = wrong.map((part) => Math.floor(((1 - accuracy) * 100 * part) / total));
    return counts.with(is, 100 - counts.reduce((sum, count) => sum + count, 0));
  }).flat();
}

/** The columns of the gallery's table. */
const columns = [
  { kind: 'number', name: 'bill length', mean: 43.9, std: 5.5, hasEmpty: true },
  { kind: 'number', name: 'bill depth', mean: 17.2, std: 2, hasEmpty: false },
  { kind: 'number', name: 'mass', mean: 4200, std: 800, hasEmpty: false },
  { kind: 'category', name: 'sex', categories: ['female', 'male'], hasEmpty: true },
] satisfies NonNullable<PackedInputs['table']>['columns'];

/** What the datasets of the gallery's server give a model. */
export function galleryInputs(dataset: string): PackedInputs {
  const common = { format: 1, digest: '', testCount: 1000 } as const;
  if (dataset === 'island-penguins') {
    const classNames = ['Adelie', 'Chinstrap', 'Gentoo'];
    const info = { ...common, name: dataset, kind: 'table', element: 'f32', width: 7, height: 1, mean: 0, std: 1 } as const;
    return { info: { ...info, classNames, trainCounts: [100, 100, 100] }, table: { named: true, columns } };
  }
  const classNames = ['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'];
  const info = { ...common, name: dataset, kind: 'images', element: 'u8', width: 28, height: 28, mean: 0.286, std: 0.353 } as const;
  return { info: { ...info, classNames, trainCounts: classNames.map(() => 6000) }, table: null };
}

/** @param rounds that have ended. */
export function galleryModel({ settings, own }: ClientView): LearnedModel | null {
  const { task, dataset, hidden } = settings;
  const { info } = galleryInputs(dataset);
  const inputs = task ? taskWidth(task) : info.width * info.height;
  const spec = { layers: [inputs, ...hidden, (task ?? info).classNames.length] };
  if (own.length === 0) return null;
  return { weights: initialWeights(spec, 3), of: 'averaged', rounds: own.length, participants: 6, settings };
}

/** Mistakes on people's own data: a disc of each wrong colour, and rows that differ in every column. */
function ownMistakes(task: Task): Examination['mistakes'] {
  const count = task.classNames.length;
  return Array.from({ length: 6 }, (_, k) => {
    const label = k % count;
    const values = task.kind === 'images' ? disc(task, k) : task.columns.flatMap((column) => cells(column, k));
    return { label, named: (label + 1) % count, probability: 0.97 - 0.06 * k, values: Float32Array.from(values) };
  });
}

/** Standardised pixels. */
function disc({ width, height, channels }: ImageTask, k: number): number[] {
  return Array.from({ length: width * height * channels }, (_, i) => {
    const [x, y] = [Math.floor(i / channels) % width, Math.floor(i / channels / width)];
    const isInside = Math.hypot(x - width / 2, y - height / 2) < width * (0.25 + 0.03 * k);
    return isInside ? (i % channels === k % channels ? 1.2 : -1) : 1.6;
  });
}

/** Standardised cells of a column, as many as a model has of it; every fourth is empty where some may be. */
function cells(column: TableTask['columns'][number], k: number): number[] {
  const isEmpty = column.hasEmpty && k % 4 === 1;
  const values = column.kind === 'number' ? [isEmpty ? 0 : k / 2 - 1] : column.categories.map((__, c) => Number(!isEmpty && c === k % 2));
  return column.hasEmpty ? [...values, Number(isEmpty)] : values;
}

/** The images that are shown, each taken for another class. */
export function galleryExaminations({ settings, own, share }: ClientView): readonly Examination[] {
  const { mean, std } = galleryInputs(settings.dataset).info;
  if (own.length === 0 || !share) return [];
  const shown = share.previews.map(({ label, pixels }, k) => ({
    label,
    named: (label + 2) % CLASSES,
    probability: 0.99 - 0.03 * k,
    values: Float32Array.from(pixels, (byte) => (byte / 255 - mean) / std),
  }));
  const common = {
    rounds: own.length,
    participants: 6,
    settings,
    confusion: settings.task ? fruitConfusion : clothesConfusion(0.75),
    mistakes: settings.task ? ownMistakes(settings.task) : shown,
  };
  return [
    { ...common, of: 'averaged' },
    { ...common, of: 'own' },
  ];
}
