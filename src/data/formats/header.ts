/** If the first line of a table names its columns, told from how it differs from the rows below. */

import { cellOf, nameOf, type ColumnSurvey } from './cells.ts';

/** With fewer rows below, numbers over numbers are a row. */
const FEW_ROWS = 8;

/** A field of the first line beside what stands below it. */
interface Place {
  readonly field: string;
  readonly below: ColumnSurvey;
}

/** If it can be told that a field names its column, or is a value of it; null if not. */
function verdict({ field, below }: Place, commas: boolean): 'name' | 'value' | null {
  const cell = cellOf(field, commas);
  if (cell.kind === 'missing') return null;
  if (cell.kind === 'word' && below.words === 0) return below.numbers > 0 ? 'name' : null;
  const isKnown = below.distinct.has(nameOf(field));
  if (cell.kind === 'number' && !below.named) return null;
  if (isKnown) return 'value';
  // Where nearly every row has a word of its own, a new one says nothing.
  return below.isOverfull || below.distinct.size > below.rows / 2 ? null : 'name';
}

/** If numbers rise or fall all along, as wavelengths, years and running numbers do. */
const isMonotonic = (numbers: readonly number[]) =>
  numbers.length >= 3 &&
  (numbers.every((x, i) => i === 0 || x > numbers[i - 1]!) || numbers.every((x, i) => i === 0 || x < numbers[i - 1]!));

/**
 * If the first line names the columns.
 * @param label the label's place in the first line.
 * @param features the places of the others that are learned from.
 * @returns null where it cannot be told.
 */
export function namesColumns(label: Place, features: readonly Place[], commas: boolean): boolean | null {
  const cells = features.map(({ field }) => cellOf(field, commas));
  const hasWord = cells.some(({ kind }) => kind === 'word');
  const rows = label.below.rows;
  const verdicts = features.map((place) => verdict(place, commas));
  const names = verdicts.filter((found) => found === 'name').length;
  const values = verdicts.filter((found) => found === 'value').length;
  const ofLabel = verdict(label, commas);

  if (hasWord) {
    const wordsOverNumbers = features.some(({ below }, i) => cells[i]!.kind === 'word' && below.words === 0 && below.numbers > 0);
    if (names > 0 && values === 0 && ofLabel !== 'value') return true;
    if (wordsOverNumbers && ofLabel === 'value') return null;
    if (values > names && ofLabel !== 'name') return false;
    if (names === 0 && values === 0) {
      if (rows === 0) return true;
      if (ofLabel === 'value') return false;
      if (cells.every(({ kind }) => kind === 'word')) return ofLabel === 'name' ? true : null;
      return ofLabel === 'name' ? null : false;
    }
    return names > values && ofLabel === 'name' ? true : values > names ? false : null;
  }

  // Numbers over numbers: only the label and their order can tell.
  const isLabelEmpty = label.field === '' && label.below.empty === 0;
  if (rows < FEW_ROWS) return isLabelEmpty;
  if (cellOf(label.field, commas).kind === 'word' && label.below.words === 0 && label.below.numbers > 0) return true;
  const numbers = cells.flatMap((cell) => (cell.kind === 'number' ? [cell.value] : []));
  const isRunning = isMonotonic(numbers);
  if (ofLabel === 'value') {
    const isCounting = numbers.length >= 3 && numbers.every((x, i) => x === numbers[0]! + i) && (numbers[0] === 0 || numbers[0] === 1);
    return isCounting ? null : false;
  }
  const isOutside = features.every(({ below }, i) => {
    const cell = cells[i]!;
    return cell.kind === 'number' && (cell.value < below.least || cell.value > below.greatest);
  });
  const isLabelNew = ofLabel === 'name' || isLabelEmpty;
  if (isLabelNew && (isRunning || (isOutside && numbers.length > 1))) return true;
  const hasSingletons = label.below.isOverfull || [...label.below.distinct.values()].includes(1);
  return hasSingletons || !isLabelNew ? false : null;
}
