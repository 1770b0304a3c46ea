/**
 * A document that people write and whose marked blocks a command fills: `<!-- table: wire -->` ... `<!-- end -->`. A block whose
 * mark ends its line stands between blank lines, any other within its line. All else stays as it is.
 */

/** A document whose marks cannot be filled. The message is one sentence: where, what, and what to do. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError';
}

const MARK = /<!-- (?:end|([a-z]+: [\w.-]+)) -->/g;

interface Mark {
  /** Null ends a block. */
  readonly name: string | null;
  readonly from: number;
  readonly to: number;
}

/**
 * Fills the blocks of a document.
 * @param where the document's name, for messages.
 * @param contents the text of each block by the text of its mark; each has to be in the document.
 * @throws {DocumentError} on a block that is unknown, not closed, or missing.
 */
export function filled(document: string, contents: ReadonlyMap<string, string>, where: string): string {
  const marks: readonly Mark[] = [...document.matchAll(MARK)].map(({ 0: text, 1: name = null, index }) => ({
    name,
    from: index,
    to: index + text.length,
  }));
  const refuse = ({ from }: Mark, problem: string) =>
    new DocumentError(`${where}, line ${document.slice(0, from).split('\n').length}: ${problem}`);
  const seen = new Set<string>();
  let text = '';
  let copied = 0;
  for (const [k, mark] of marks.entries()) {
    const { name, to } = mark;
    if (name === null) {
      if (typeof marks[k - 1]?.name !== 'string') throw refuse(mark, 'this ends no block; remove it, or write the mark that begins one.');
      continue;
    }
    const end = marks[k + 1];
    if (end?.name !== null) throw refuse(mark, `the block "${name}" does not end; close it by <!-- end -->.`);
    const content = contents.get(name);
    if (content === undefined) throw refuse(mark, `there is no block "${name}"; correct its name, or remove its marks.`);
    seen.add(name);
    text += document.slice(copied, to) + (document[to] === '\n' ? `\n\n${content}\n\n` : content);
    copied = end.from;
  }
  const missing = [...contents.keys()].find((name) => !seen.has(name));
  if (missing !== undefined) {
    throw new DocumentError(`${where} has no block "${missing}"; add <!-- ${missing} --><!-- end --> where it belongs.`);
  }
  return text + document.slice(copied);
}
