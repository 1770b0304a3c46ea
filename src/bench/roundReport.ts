/** Where a round's time and bytes go, from a report, and what the largest tab took. */

import type { Report } from '../runner/report.ts';
import { digits, megabytes, percent } from '../math/format.ts';
import { grownBy, type HeldMemory, type TabMemory } from './memory.ts';
import { table } from './table.ts';

export interface RoundReport extends Report {
  /** Null where it cannot be measured. */
  readonly memory: TabMemory | null;
}

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

/** Rounds after the first, which also sends what is sent once a run. */
const settled = ({ rounds }: Report) => (rounds.length > 1 ? rounds.slice(1) : rounds);

/** Means over rounds of times by name, ms. */
function meanTimes(times: readonly Readonly<Record<string, number>>[]): [string, number][] {
  const totals = new Map<string, number>();
  for (const named of times) for (const [name, ms] of Object.entries(named)) totals.set(name, (totals.get(name) ?? 0) + ms);
  return [...totals].map(([name, ms]) => [name, ms / times.length]);
}

const spentOn = (times: Readonly<Record<string, number>>) => sum(Object.values(times));

function memoryTable(memory: TabMemory | null): string {
  if (!memory) return 'Memory is measured on Linux alone.';
  const { tab, gpu } = memory;
  const row = (name: string, of: (memory: HeldMemory) => number) => {
    return [name, ...[of(tab), of(gpu), of(tab) + of(gpu)].map((bytes) => (bytes / 1e6).toFixed(0))];
  };
  return table([
    ['the largest tab, MB', 'its process', 'of the GPU process', 'both'],
    row('idle', ({ idle }) => idle),
    row('in the lobby', ({ lobby }) => lobby),
    row('at most', ({ most }) => most),
    row('above idle', ({ most, idle }) => most - idle),
  ]);
}

/**
 * The timeline of every round by phase, all of them, and what a client computes in it, the clients' mean; what the slowest
 * client's round took; the bytes by message kind; the memory of the largest tab.
 */
export function roundTables(report: RoundReport): string {
  const { rounds, memory } = report;
  const phases = Object.keys(rounds[0]?.phases ?? {});
  const timeline = rounds.map(({ round, phases: times, work, seconds, bytesSent }) => {
    const spent = new Map(Object.entries(times));
    return [
      String(round),
      ...phases.map((phase) => `${spent.get(phase) ?? 0} ms`),
      `${spentOn(times).toFixed(0)} ms`,
      `${(1000 * seconds).toFixed(0)} ms`,
      `${spentOn(work).toFixed(0)} ms`,
      (bytesSent / 1e3 / spentOn(times)).toFixed(2),
    ];
  });
  const works = meanTimes(settled(report).map(({ work }) => work)).map(([name, ms]) => [name, ms.toFixed(1)]);
  const edges = sum(rounds.map((round) => round.edges));
  const kinds = bytesByKind(report).map(([kind, bytes]) => [kind, kilobytes(bytes), kilobytes(bytes / edges)]);
  return [
    table([['round', ...phases, 'all', 'slowest', 'computed', 'MB/s'], ...timeline]),
    table([['a client computes', 'ms a round'], ...works]),
    table([['message', 'all', 'an edge and round'], ...kinds]),
    memoryTable(memory),
  ].join('\n\n');
}

/** @param cores that the clients share. */
export function roundSummary(report: RoundReport, cores: number): string {
  const { backend, config, memory } = report;
  const later = settled(report);
  const slowest = sum(later.map((round) => round.seconds)) / later.length;
  const bytes = sum(later.map(({ bytesSent }) => bytesSent)) / later.length;
  const edges = sum(later.map((round) => round.edges)) / later.length;
  const phases = meanTimes(later.map((round) => round.phases));
  // A client's mean: everyone goes on to the next round when its own is over, not when the slowest has ended.
  const lasts = sum(later.map(({ phases: times }) => spentOn(times))) / later.length;
  const shares = phases.map(([phase, ms]) => `${phase} ${percent(ms / lasts, 0)}`).join(', ');
  const own = sum(later.map(({ work }) => spentOn(work))) / later.length;
  // As if the clients' computations never waited for anything but a core.
  const spread = (own * config.clients) / Math.min(cores, config.clients);
  const times = (of: number) => `${digits(lasts / of)} times`;
  return (
    `On ${backend}, a round lasts ${digits(lasts / 1000)} s (${shares}; the slowest client’s ${digits(slowest)} s): ${times(own)} the ${digits(own)} ms that a client computes in it, ` +
    `${times(spread)} what all ${config.clients} compute on ${cores} core${cores === 1 ? '' : 's'}; ` +
    `it sends ${kilobytes(bytes / edges)} a directed edge, ${digits((1000 * bytes) / 1e6 / lasts)} MB/s in all` +
    `${memory ? `; the largest tab took ${megabytes(grownBy(memory))} above idle` : ''}.`
  );
}
