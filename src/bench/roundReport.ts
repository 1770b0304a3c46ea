import type { Report } from '../cli/report.ts';
import { digits, table } from './table.ts';

/** Where a round's time and bytes go, from a report. */

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

const kilobytes = (bytes: number) => `${(bytes / 1e3).toFixed(1)} kB`;

/** Bytes of each message kind over a run, all edges together, the most first. */
function bytesByKind({ edges }: Report): [string, number][] {
  const totals = new Map<string, number>();
  for (const { bytes } of edges) {
    for (const [kind, count] of Object.entries(bytes)) totals.set(kind, (totals.get(kind) ?? 0) + count);
  }
  return [...totals].toSorted(([, a], [, b]) => b - a);
}

/** The timeline of every round by phase, the clients' mean; then the bytes by message kind. */
export function roundTables(report: Report): string {
  const { rounds, edges } = report;
  const phases = Object.keys(rounds[0]?.phases ?? {});
  const timeline = rounds.map(({ round, phases: times, seconds, bytesSent }) => {
    const spent = new Map(Object.entries(times));
    return [
      String(round), ...phases.map((phase) => `${spent.get(phase) ?? 0} ms`), seconds.toFixed(2), (bytesSent / 1e6 / seconds).toFixed(2),
    ];
  });
  const kinds = bytesByKind(report).map(([kind, bytes]) => [
    kind, kilobytes(bytes), kilobytes(bytes / edges.length), kilobytes(bytes / edges.length / rounds.length),
  ]);
  return [
    table([['round', ...phases, 'slowest, s', 'MB/s'], ...timeline]),
    table([['message', 'all', 'an edge', 'an edge and round'], ...kinds]),
  ].join('\n\n');
}

/** After the first round, which also sends what is sent once a run. */
export function roundSummary({ rounds, edges, backend }: Report): string {
  const later = rounds.length > 1 ? rounds.slice(1) : rounds;
  const seconds = sum(later.map((round) => round.seconds)) / later.length;
  const bytes = sum(later.map(({ bytesSent }) => bytesSent)) / later.length;
  const spent = new Map<string, number>();
  for (const { phases } of later) for (const [phase, ms] of Object.entries(phases)) spent.set(phase, (spent.get(phase) ?? 0) + ms);
  const all = sum([...spent.values()]);
  const shares = [...spent].map(([phase, ms]) => `${phase} ${Math.round((100 * ms) / all)} %`).join(', ');
  return `On ${backend}, a round lasts ${digits(seconds)} s (${shares}) and sends ${kilobytes(bytes / edges.length)} a directed edge.`;
}
