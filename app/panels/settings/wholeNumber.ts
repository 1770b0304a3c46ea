/** A whole number as people type one; NaN when the text is none. */

export function wholeNumber(text: string): number {
  return /^\s*\d+\s*$/.test(text) ? Number(text) : NaN;
}
