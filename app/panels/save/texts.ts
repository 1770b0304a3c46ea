/** What is on the screen, as text for other programs: CSV of tables and charts, JSON of the run. */

import type { ClientView } from '../../../src/client/view.ts';
import { csvText } from '../../../src/export/predictionsCsv.ts';
import type { ChartModel } from '../results/chartModels.ts';
import { classRows } from '../see/confusion.ts';
import type { Held } from '../see/holdings.ts';

/** A record for each x, a column for each line; empty where a line has no value. */
export function chartCsv({ xName, data: { x, curves } }: ChartModel): string {
  const names = curves.map(({ kind, name }) => (kind === 'other' ? `client ${name}` : name));
  return csvText([[xName, ...names], ...x.map((at, i) => [String(at), ...curves.map(({ values }) => String(values[i] ?? ''))])]);
}

/** A record for each class that samples are of, a column for each that the model names. */
export function confusionCsv(confusion: readonly number[], names: readonly string[]): string {
  const rows = classRows(confusion, names);
  const records = rows.map(({ name, named, right }) => [name, ...named.map(String), right === null ? '' : String(right)]);
  return csvText([['is / taken for', ...rows.map(({ name }) => name), 'right'], ...records]);
}

/** A record for each class, a column for each client. */
export function holdingsCsv(held: readonly Held[], names: readonly string[]): string {
  const records = names.map((name, c) => [name, ...held.map(({ counts }) => String(counts[c] ?? 0))]);
  return csvText([['class', ...held.map(({ client }) => `client ${client}`)], ...records]);
}

/** A record for each round that this client has had. */
export function scoresCsv({ own, summaries }: Pick<ClientView, 'own' | 'summaries'>): string {
  const summaryOf = new Map(summaries.map((summary) => [summary.round, summary]));
  const records = own.map(({ round, score, bytesSent }) => {
    const summary = summaryOf.get(round);
    const { averaged, mean } = summary ?? {};
    return [round + 1, averaged?.accuracy, averaged?.loss, mean?.accuracy, mean?.loss, score.accuracy, score.loss, bytesSent];
  });
  const names = ['round', 'averaged accuracy', 'averaged loss', 'mean accuracy', 'mean loss', 'own accuracy', 'own loss', 'own bytes'];
  return csvText([names, ...records.map((record) => record.map((value) => String(value ?? '')))]);
}

/** The run with its settings, the seed among them, and everything that was scored. */
export function runJson({ run, self, settings, status, scoredOn, backend, share, own, summaries, bytes }: ClientView): string {
  const told = { run, client: self.number, status, settings, classes: share?.classNames ?? [], scoredOn, backend, bytes, own, summaries };
  return `${JSON.stringify(told, null, 2)}\n`;
}
