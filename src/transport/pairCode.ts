/**
 * What two devices without a meeting point tell each other through people, as text to copy or to scan: an offer, and the answer to it.
 * Each is a whole session description with its candidates, deflated. It is as secret as the way that it takes: who has it can connect.
 */

import * as v from 'valibot';
import { fromBase64Url, toBase64Url } from '../signalling/base64Url.ts';
import { idSchema } from '../signalling/messages.ts';

/** Largest session description, characters. One has about 800, and 100 for each candidate. */
const MAX_SDP = 16 * 1024;
const MAX_CODE = 16 * 1024;

const pairMessageSchema = v.strictObject({
  type: v.picklist(['offer', 'answer']),
  /** The sender's id. */
  from: idSchema,
  /** The receiver's: the inviter names the invited anew for every attempt. */
  to: idSchema,
  sdp: v.pipe(v.string(), v.maxLength(MAX_SDP)),
});

export type PairMessage = v.InferOutput<typeof pairMessageSchema>;

/** A text that is no such code, or the wrong one. The message says what to do. */
export class PairCodeError extends Error {
  override readonly name = 'PairCodeError';
}

async function through(bytes: Uint8Array<ArrayBuffer>, stream: GenericTransformStream): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const reader = new Blob([bytes]).stream().pipeThrough<Uint8Array<ArrayBuffer>>(stream).getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    parts.push(next.value);
    length += next.value.length;
    if (length > 2 * MAX_SDP) {
      await reader.cancel();
      throw new RangeError('The code is larger than any that this page makes.');
    }
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

export async function encodePairCode(message: PairMessage): Promise<string> {
  return toBase64Url(await through(new TextEncoder().encode(JSON.stringify(message)), new CompressionStream('deflate-raw')));
}

/**
 * @param text as a person gives it: blanks and line ends that mail adds are passed over, and so is what stands before the code in a link.
 * @throws {PairCodeError} when it is no code of that type.
 */
export async function decodePairCode(text: string, type: PairMessage['type']): Promise<PairMessage> {
  const code = text.replaceAll(/\s/g, '').replace(/^.*#pair\./, '');
  let message: PairMessage;
  try {
    const bytes = code.length > MAX_CODE ? null : fromBase64Url(code);
    if (!bytes) throw new RangeError('The code is too long, or has other letters than codes have.');
    const json: unknown = JSON.parse(new TextDecoder().decode(await through(bytes, new DecompressionStream('deflate-raw'))));
    message = v.parse(pairMessageSchema, json);
  } catch (error) {
    throw new PairCodeError(`That is no whole ${type}; copy all of it, or scan it again.`, { cause: error });
  }
  if (message.type === type) return message;
  throw new PairCodeError(
    type === 'answer'
      ? 'That is the link of this device, not the answer of the other; open the link there, and bring the answer here.'
      : 'That is an answer; open the link of the device that invites.',
  );
}
