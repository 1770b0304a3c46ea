import { dequantise, quantise, type Quantised } from '../math/quantise.ts';
import { randomStream } from '../math/random.ts';
import type { FrameArray, FrameArrays } from './frame.ts';
import type { ArrayRounding, Message } from './messages.ts';

/** What is sent to all neighbours alike and again every round: its rounding errors are added to the next round's values. */
const fedBack: ReadonlySet<string> = new Set(['weights/weights', 'weights/velocity', 'mixed/weights']);
/** Messages that are rounded to 8 bits besides: answers to one neighbour, about that neighbour's own model. */
const roundedOnce: ReadonlySet<string> = new Set(['step', 'factors']);

/** Whether an array's signs are ReLU masks: they must survive. */
const isMask = (name: string) => name.startsWith('hidden');

/**
 * One sender's wire form `q8`: 8-bit stochastic rounding of weights, velocities, steps and factors, with error feedback
 * (Seide et al. 2014; Karimireddy et al. 2019, arXiv 1901.09847) where the same array goes out every round. What is small or
 * sent once travels as float16. The random numbers are the sender's own named stream, so a run stays reproducible.
 */
export class Quantiser implements ArrayRounding {
  readonly #errors = new Map<string, Float32Array>();

  /** @param sender the client's number. */
  constructor(
    private readonly seed: number,
    private readonly sender: number,
  ) {}

  /** To be called once a message, even when it goes to several neighbours. @param to the receiver of an answer. */
  arrays(message: Message, arrays: FrameArrays, to: string): FrameArrays {
    if (!('round' in message)) return arrays;
    const quantised = Object.entries(arrays).map(([name, array]): [string, FrameArray] => {
      const kind = `${message.type}/${name}`;
      const stream = (...receiver: string[]) => randomStream(this.seed, 'q8', this.sender, kind, message.round, ...receiver);
      if (!(array instanceof Float32Array)) return [name, array];
      if (fedBack.has(kind)) return [name, this.#feedBack(kind, array, (values) => quantise(values, { random: stream() }))];
      if (roundedOnce.has(message.type) && name !== 'logits') return [name, quantise(array, { random: stream(to), keepsPositive: isMask(name) })];
      return [name, array];
    });
    return Object.fromEntries(quantised);
  }

  #feedBack(kind: string, array: Float32Array, round: (values: Float32Array) => Quantised): Quantised {
    const error = this.#errors.get(kind);
    const intended = error ? array.map((value, i) => value + error[i]!) : array;
    const quantised = round(intended);
    const sent = dequantise(quantised);
    this.#errors.set(kind, intended.map((value, i) => value - sent[i]!));
    return quantised;
  }
}
