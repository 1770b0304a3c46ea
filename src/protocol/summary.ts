/** What a round came to, as everyone is told it, and the parts that the messages of its sums share with it. */

import * as v from 'valibot';
import { amount, fraction, MAX_CLASSES, whole } from '../settings/bounds.ts';

const scoreFields = {
  /** Fraction of the samples scored on that are classified correctly, 0 .. 1. */
  accuracy: fraction,
  /** Mean cross-entropy on them, nats. */
  loss: amount,
};
const scoreSchema = v.strictObject(scoreFields);

export const confusionSchema = v.pipe(v.array(whole), v.maxLength(MAX_CLASSES ** 2), v.readonly());

export const peerId = v.pipe(v.string(), v.maxLength(64));
/** Of each client something, of no more than a room has. */
const ofClients = <Item extends v.GenericSchema>(item: Item) => v.pipe(v.array(item), v.maxLength(1024), v.readonly());
/** The clients in a sum, each once: nobody sends one of none. */
export const summed = <Item extends v.GenericSchema>(item: Item) => v.pipe(ofClients(item), v.minLength(1));
export const clientScore = v.strictObject({ id: peerId, number: v.pipe(v.number(), v.integer()), ...scoreFields });

/** What all clients know of one finished round, through the evaluator. */
export const summarySchema = v.strictObject({
  round: whole,
  /** The average of all clients' weights: the federation's model. */
  averaged: scoreSchema,
  /** C x C, row-major: the samples of each class by the class that the averaged model names. */
  confusion: confusionSchema,
  /** The score of the clients' own models, over all samples that they are scored on. */
  mean: scoreSchema,
  clients: ofClients(clientScore),
  /** Training bytes that all clients sent in the round. */
  bytesSent: amount,
  /** What the slowest client took. */
  seconds: amount,
});

export type Score = Readonly<v.InferOutput<typeof scoreSchema>>;
export type RoundSummary = Readonly<v.InferOutput<typeof summarySchema>>;
