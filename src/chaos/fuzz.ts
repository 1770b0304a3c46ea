/** Bytes and values that nobody sends on purpose, to everything that reads any: it must understand them, or say in its own words that it does not. */

import fc from 'fast-check';
import { byteDamage, damagedBytes, damagedValue, valueDamage } from './damage.ts';
import { channels } from './decoders/channels.ts';
import { utf8, type Decoder } from './decoders/decoder.ts';
import { files } from './decoders/files.ts';
import { kept } from './decoders/kept.ts';
import { meetings } from './decoders/meeting.ts';

/** Everything that reads what anybody may have sent or written. */
export const decoders: readonly Decoder[] = [...channels, ...meetings, ...files, ...kept];

const someBytes = fc.uint8Array({ maxLength: 200 });
const byteDamages = fc.array(byteDamage, { maxLength: 6 });
const valueDamages = fc.array(valueDamage, { maxLength: 3 });

/** Damaged inputs, and one in ten that never was a valid one; each given to the decoder when it is called. */
function inputsOf(decoder: Decoder): fc.Arbitrary<() => unknown> {
  const given = <T>(damaged: fc.Arbitrary<T>, random: fc.Arbitrary<T>, decode: (input: T) => unknown) =>
    fc.oneof({ weight: 9, arbitrary: damaged }, { weight: 1, arbitrary: random }).map((input) => () => decode(input));
  switch (decoder.of) {
    case 'bytes': {
      const damaged = fc
        .tuple(fc.constantFrom(...decoder.valid), byteDamages)
        .map(([bytes, all]) => Uint8Array.from(all.reduce(damagedBytes, bytes)));
      return given(damaged, someBytes, decoder.decode);
    }
    case 'json': {
      const damaged = fc
        .tuple(fc.constantFrom(...decoder.valid), valueDamages, fc.array(byteDamage, { maxLength: 1 }))
        .map(([value, all, inText]) => inText.reduce(damagedBytes, utf8(JSON.stringify(damagedValue(value, all)) ?? '')));
      return given(damaged, someBytes, (bytes) => decoder.decode(new TextDecoder().decode(bytes)));
    }
    case 'values': {
      const damaged = fc.tuple(fc.constantFrom(...decoder.valid), valueDamages).map(([value, all]) => damagedValue(value, all));
      return given(damaged, fc.anything(), decoder.decode);
    }
  }
}

/**
 * Gives a decoder so many damaged and random inputs.
 * @returns what broke, a sentence; null when all is well.
 */
export async function fuzz(decoder: Decoder, seed: number, inputs: number): Promise<string | null> {
  const { name, refusals } = decoder;
  const property = fc.asyncProperty(inputsOf(decoder), async (give) => {
    try {
      await give();
    } catch (error) {
      if (!refusals.some((refusal) => error instanceof refusal)) throw error;
    }
  });
  const { failed, errorInstance, counterexample } = await fc.check(property, { seed, numRuns: inputs });
  return failed ? `${name} broke with ${String(errorInstance)} on ${fc.stringify(counterexample).slice(0, 600)}.` : null;
}
