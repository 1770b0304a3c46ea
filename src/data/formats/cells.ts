/** What a field of a table can be, and what the fields of a column are together. */

const numberForm = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const commaForm = /^[+-]?(\d+,\d*|,\d+)(e[+-]?\d+)?$/i;

/** If a field is a number with a decimal comma, or with one between thousands. */
export const isCommaNumber = (field: string): boolean => /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(field) || commaForm.test(field);

/** How programs write that a number is not there. */
const missing = new Set(['', '?', '-', 'na', 'n/a', '#n/a', 'nan', 'null']);

export type Cell =
  | { readonly kind: 'number'; readonly value: number; readonly decimal: '.' | ',' | null }
  | { readonly kind: 'missing' }
  | { readonly kind: 'word' };

const MISSING: Cell = { kind: 'missing' };
const WORD: Cell = { kind: 'word' };

/**
 * What a field is where numbers are looked for.
 * @param commas if 0,5 is a number: where a comma does not delimit fields.
 */
export function cellOf(field: string, commas: boolean): Cell {
  const isPlain = numberForm.test(field);
  if (isPlain || (commas && commaForm.test(field))) {
    const value = Number(isPlain ? field : field.replace(',', '.'));
    // Beyond all floats, such as 1e999.
    if (!Number.isFinite(value)) return WORD;
    return { kind: 'number', value, decimal: isPlain ? (field.includes('.') ? '.' : null) : ',' };
  }
  return missing.has(field.toLowerCase()) ? MISSING : WORD;
}

/** The name of a class, a category or a column, in one form whichever system wrote its accents. */
export const nameOf = (field: string): string => field.normalize('NFC');

/** Fields of a column that differ, which are counted up to here. */
export const MAX_DISTINCT = 256;

/** What the fields of a column are, row by row. */
export class ColumnSurvey {
  numbers = 0;
  words = 0;
  /** Without a value, where it is a column of numbers. */
  missing = 0;
  /** Empty fields: without a value, where it is a column of words. */
  empty = 0;
  least = Infinity;
  greatest = -Infinity;
  /** The first word, for error messages. */
  firstWord: { readonly text: string; readonly line: number } | null = null;
  /** The rows of each field that is no number and, where `named`, of each number as it is written; the first MAX_DISTINCT. */
  readonly distinct = new Map<string, number>();
  /** If there are more. */
  isOverfull = false;

  /** @param named if its fields are names, even where they look like numbers. */
  constructor(readonly named: boolean) {}

  add(field: string, cell: Cell, line: number): void {
    if (field === '') this.empty++;
    switch (cell.kind) {
      case 'number':
        this.numbers++;
        this.least = Math.min(this.least, cell.value);
        this.greatest = Math.max(this.greatest, cell.value);
        break;
      case 'missing':
        this.missing++;
        break;
      case 'word':
        this.words++;
        this.firstWord ??= { text: field, line };
    }
    if (field !== '' && (this.named || cell.kind !== 'number')) this.#count(nameOf(field));
  }

  #count(name: string): void {
    const seen = this.distinct.get(name);
    if (seen !== undefined) this.distinct.set(name, seen + 1);
    else if (this.distinct.size < MAX_DISTINCT) this.distinct.set(name, 1);
    else this.isOverfull = true;
  }

  get rows(): number {
    return this.numbers + this.words + this.missing;
  }
}
