/** Something that reads what anybody may have sent or written, as the fuzzing sees it. */

interface Reader {
  readonly name: string;
  /** How it says that it does not understand; one that has no such errors answers null, or nothing. */
  readonly refusals: readonly (abstract new (...args: never[]) => Error)[];
}

/** Each with some of what it understands, to be damaged. What it answers may be a promise. */
export type Decoder = Reader &
  (
    | { readonly of: 'bytes'; readonly valid: readonly Uint8Array[]; readonly decode: (bytes: Uint8Array<ArrayBuffer>) => unknown }
    /** JSON text, damaged as the values that it says, and as text. */
    | { readonly of: 'json'; readonly valid: readonly unknown[]; readonly decode: (text: string) => unknown }
    /** Values that have been cloned, and not written. */
    | { readonly of: 'values'; readonly valid: readonly unknown[]; readonly decode: (value: unknown) => unknown }
  );

export const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** Reads bytes as text that may be anything. */
export const asText =
  (read: (text: string) => unknown) =>
  (bytes: Uint8Array): unknown =>
    read(new TextDecoder().decode(bytes));
