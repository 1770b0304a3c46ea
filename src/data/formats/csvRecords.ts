/** The records of a CSV text, with comma, semicolon, tab or bar between fields. */

// The build for browsers needs nothing of Node, and runs there too.
import { CsvError, parse } from 'csv-parse/browser/esm/sync';
import { DatasetError, MAX_ROW_VALUES } from '../dataset.ts';

/** No line is longer, characters. */
const MAX_LINE = 16 * MAX_ROW_VALUES;

/** The comma last, because it stands in numbers and texts too. */
const delimiters = ['\t', ';', '|', ','] as const;

/** Lines that tell the delimiter. */
const SAMPLE_LINES = 20;

/** The delimiter that gives the first lines equally many fields, more than one; else the most frequent one of the first line. */
export function delimiterOf(utf8: Uint8Array): string {
  const sample = new TextDecoder().decode(utf8.subarray(0, MAX_LINE)).replaceAll(/"[^"]*"/g, '""');
  const lines = sample.split(/\r\n|\n|\r/);
  // The last may be cut.
  const whole = (utf8.length > MAX_LINE ? lines.slice(0, -1) : lines).filter((line) => line.trim() !== '').slice(0, SAMPLE_LINES);
  const [first = lines[0] ?? ''] = whole;
  const count = (line: string, delimiter: string) => line.split(delimiter).length;
  const even = delimiters.find((delimiter) => {
    const fields = count(first, delimiter);
    return whole.length > 1 && fields > 1 && whole.every((line) => count(line, delimiter) === fields);
  });
  return even ?? delimiters.reduce((best, delimiter) => (count(first, delimiter) > count(first, best) ? delimiter : best));
}

/** What is wrong with a file that the parser refuses, after "FILE, line N: ". */
function complaint({ code }: CsvError): string {
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'the file ends inside a quoted field; close its quote.';
    case 'CSV_MAX_RECORD_SIZE':
      return `the row is longer than ${MAX_LINE} characters; close its quotes, or give it fewer columns.`;
    default:
      return 'a quote stands inside a field; put quotes around the whole field and double those inside it.';
  }
}

/** Records between two that are told to who watches. */
const WATCH_EVERY = 5000;

/**
 * Gives each record that is not blank to `take`, with the line that it ends in, from 1; fields without the space around them.
 * @param most records are read, at most.
 * @param where the file's name for error messages.
 * @param watch is told now and then how many bytes have been read.
 * @throws {DatasetError} saying the line and what to do.
 */
export function forEachRecord(
  utf8: Uint8Array,
  delimiter: string,
  where: string,
  take: (fields: readonly string[], line: number) => void,
  most = Infinity,
  watch?: (bytes: number) => void,
): void {
  let records = 0;
  try {
    parse(utf8, {
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      max_record_size: MAX_LINE,
      ...(Number.isFinite(most) && { to: most }),
      on_record(fields: string[], { lines, bytes }) {
        take(fields, lines);
        if (++records % WATCH_EVERY === 0) watch?.(bytes);
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error['lines'] === 'number' ? error['lines'] : 1;
    throw new DatasetError(`${where}, line ${line}: ${complaint(error)}`, { cause: error });
  }
}
