/** A model to take home: its weights, and a card that says what it tells apart, from which inputs, and how it came about. */

import * as v from 'valibot';
import { tableMoments, tableSchema, tableWidth } from '../data/columns.ts';
import { MAX_CLASS_NAME, MAX_CLASSES, MAX_ROW_VALUES } from '../data/dataset.ts';
import { convolutionLayouts, denseLayouts, KERNEL, parameterCount, type ModelSpec } from '../model/model.ts';
import { amount, count, fraction, whole } from '../settings/bounds.ts';
import { settingsSchema } from '../settings/settings.ts';

/** A file that is no model, or a model that cannot be written so. The message says what to do. */
export class ModelFileError extends Error {
  override readonly name = 'ModelFileError';
}

const finite = v.pipe(v.number(), v.finite());

const taskSchema = v.variant('kind', [
  v.pipe(
    v.strictObject({
      kind: v.literal('images'),
      /** Pixels. */
      width: count(1, MAX_ROW_VALUES),
      height: count(1, MAX_ROW_VALUES),
      channels: v.picklist([1, 3]),
      /** What a model is given: bytes of images, 0 .. 255, or numbers that were standardised before it saw them. */
      values: v.picklist(['bytes', 'standardised']),
      /** Of each channel; (x - mean) / std is what the first layer reads. */
      mean: v.array(finite),
      std: v.array(v.pipe(finite, v.gtValue(0))),
    }),
    v.check(({ channels, mean, std }) => mean.length === channels && std.length === channels, 'a mean and a deviation a channel'),
    v.check(({ width, height }) => width * height <= MAX_ROW_VALUES, `at most ${MAX_ROW_VALUES} pixels`),
  ),
  v.strictObject({ kind: v.literal('table'), table: tableSchema }),
]);

/** What a model is given. */
export type Task = v.InferOutput<typeof taskSchema>;

export const cardSchema = v.strictObject({
  format: v.literal('sparkmesh-model/1'),
  task: taskSchema,
  /** C names, in the order of the logits. */
  classes: v.pipe(v.array(v.pipe(v.string(), v.maxLength(MAX_CLASS_NAME))), v.minLength(2), v.maxLength(MAX_CLASSES)),
  /** Output channels of the convolution blocks, and sizes of the hidden dense layers. */
  convolutions: settingsSchema.entries.convolutions,
  hidden: settingsSchema.entries.hidden,
  /** Whose weights these are: the average of all participants', or one's own. */
  weights: v.picklist(['averaged', 'own']),
  rounds: whole,
  participants: count(1, 10_000),
  /** On samples that were not learned from; null where none were scored. */
  scores: v.nullable(
    v.strictObject({ accuracy: fraction, loss: amount, samples: whole, on: v.picklist(['test', 'validation', 'held-out']) }),
  ),
  /** Of the run, as its report has them; of an earlier version maybe, so that they are told and not used. */
  settings: v.record(v.string(), v.unknown()),
  versions: v.record(v.string(), v.string()),
});

export type ModelCard = v.InferOutput<typeof cardSchema>;

export interface SavedModel {
  readonly card: ModelCard;
  /** The flat parameter vector. */
  readonly weights: Float32Array;
}

/** What one input is, as tensors have it: height x width x channels, or the values of a row. */
export function inputShape(task: Task): readonly number[] {
  return task.kind === 'images' ? [task.height, task.width, task.channels] : [tableWidth(task.table.columns)];
}

/** The network of a card. @throws {ModelError} when convolutions leave nothing of the image. */
export function specOf({ task, classes, convolutions: channels, hidden }: ModelCard): ModelSpec {
  const layers = [inputShape(task).reduce((product, size) => product * size, 1), ...hidden, classes.length];
  if (task.kind === 'table' || channels.length === 0) return { layers };
  const { width, height, channels: colours } = task;
  const spec = { layers, convolutions: { image: { width, height, channels: colours }, channels } };
  convolutionLayouts(spec);
  return spec;
}

/** Mean and standard deviation of what the model is given: of each channel, or of each value of a row. */
export function momentsOf(task: Task): { readonly mean: readonly number[]; readonly std: readonly number[] } {
  return task.kind === 'images' ? task : tableMoments(task.table.columns);
}

/** A layer's numbers: those of a convolution block are followed by ReLU and pooling, of a dense layer by ReLU but for the last. */
export interface Layer {
  readonly name: string;
  /** Of the kernel: KERNEL x KERNEL x channels x outputs, or inputs x outputs. */
  readonly shape: readonly number[];
  readonly kernel: Float32Array;
  /** outputs. */
  readonly bias: Float32Array;
}

/** The layers from the input up, in the order of the flat parameter vector, each a kernel and then a bias. */
export function layersOf({ card, weights }: SavedModel): Layer[] {
  const spec = specOf(card);
  const layer = (name: string, shape: readonly number[], { kernelOffset, biasOffset }: { kernelOffset: number; biasOffset: number }) => ({
    name,
    shape,
    kernel: weights.subarray(kernelOffset, biasOffset),
    bias: weights.subarray(biasOffset, biasOffset + shape.at(-1)!),
  });
  return [
    ...convolutionLayouts(spec).map((layout, l) =>
      layer(`convolutions.${l}`, [KERNEL, KERNEL, layout.image.channels, layout.pooled.channels], layout),
    ),
    ...denseLayouts(spec).map((layout, l) => layer(`dense.${l}`, [layout.inputs, layout.outputs], layout)),
  ];
}

/** @throws {ModelFileError} when the weights are not those of the card, or no numbers. */
export function checkModel({ card, weights }: SavedModel, where: string): void {
  if (weights.length !== parameterCount(specOf(card))) {
    throw new ModelFileError(`${where} has ${weights.length} weights, and its card says ${parameterCount(specOf(card))}; save it again.`);
  }
  if (!weights.every(Number.isFinite)) throw new ModelFileError(`${where} has weights that are not numbers; take another model.`);
}
