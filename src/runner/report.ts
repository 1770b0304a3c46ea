/** The report of a run, and the tables that commands print. */

import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { settledAfter } from '../client/patience.ts';
import { phases, works, type BackendView, type BytesByKind, type ClientView, type PhaseTimes, type WorkTimes } from '../client/view.ts';
import type { Solved } from '../ntk/evolution.ts';
import { countOf } from '../ntk/tally.ts';
import type { Settings } from '../settings/settings.ts';
import { projectRoot } from '../datasets/paths.ts';
import { megabytes, percent } from '../math/format.ts';

/** The JSON report of `federation` and `simulate`; docs/REPORT.md describes every field. */
export interface Report {
  readonly format: 'sparkmesh-report/1';
  readonly config: Settings & { readonly clients: number; readonly runner: 'tabs' | 'in-process' };
  readonly versions: Readonly<Record<string, string>>;
  readonly backend: BackendView['name'];
  readonly adapter: string;
  /** What scores are taken on. */
  readonly scored: ReportScored;
  readonly rounds: readonly ReportRound[];
  readonly edges: readonly ReportEdge[];
}

interface ReportScored {
  /** `test` and `validation`: samples that everyone scores on; `held-out`: each client's own, whose counts are summed. */
  readonly on: 'test' | 'validation' | 'held-out';
  /** How many, of all clients. */
  readonly samples: number;
  /** The samples of each class (row) by the class that the averaged model of the last round names (column). */
  readonly confusion: readonly (readonly number[])[];
}

interface ReportRound {
  /** From 1: after how many rounds. */
  readonly round: number;
  readonly accuracy: { readonly averaged: number; readonly mean: number; readonly clients: readonly number[] };
  readonly loss: { readonly averaged: number; readonly mean: number; readonly clients: readonly number[] };
  /** Training bytes that all clients sent in this round. */
  readonly bytesSent: number;
  /** Of the slowest client. */
  readonly seconds: number;
  /** Milliseconds in each phase that the method has, the clients' mean. */
  readonly phases: PhaseTimes;
  /** Milliseconds that a client computed, by what it was, the clients' mean. */
  readonly work: WorkTimes;
  /** How the clients' steps were solved for: the mean of their products, the worst of their gradients; null where none was. */
  readonly solver: Solved | null;
  /** Directed edges between neighbours in this round. */
  readonly edges: number;
  /** Neighbours left out in this round, over all clients. */
  readonly missed: number;
}

/** One direction of a channel over the whole run. */
interface ReportEdge {
  readonly from: number;
  readonly to: number;
  readonly bytes: BytesByKind;
}

export interface ReportInput {
  /** The clients' last views, by number. */
  readonly views: readonly ClientView[];
  readonly runner: 'tabs' | 'in-process';
  /** Beside sparkmesh's, Node's and tfjs's own. */
  readonly versions: Readonly<Record<string, string>>;
}

/** The mean over all clients of those that any has had, ms. */
function meanTimes<Name extends string>(names: readonly Name[], times: readonly Readonly<Partial<Record<Name, number>>>[]) {
  const mean = (of: readonly number[]) => Math.round((10 * of.reduce((sum, time) => sum + time, 0)) / times.length) / 10;
  const entries = names.flatMap((name): [Name, number][] => {
    const spent = times.flatMap((time) => time[name] ?? []);
    return spent.length > 0 ? [[name, mean(spent)]] : [];
  });
  return Object.fromEntries(entries);
}

function solverOf(solved: readonly Solved[]): Solved | null {
  if (solved.length === 0) return null;
  const products = solved.reduce((sum, each) => sum + each.products, 0) / solved.length;
  return { products: Math.round(10 * products) / 10, relativeGradient: Math.max(...solved.map((each) => each.relativeGradient)) };
}

/** The rows of a square matrix. */
function rowsOf(matrix: readonly number[]): number[][] {
  const size = Math.sqrt(matrix.length);
  return Array.from({ length: size }, (_, row) => matrix.slice(row * size, (row + 1) * size));
}

async function ownVersions(): Promise<Record<string, string>> {
  const version = async (path: string): Promise<string> => {
    const json: unknown = JSON.parse(await readFile(path, 'utf8'));
    return typeof json === 'object' && json !== null && 'version' in json ? String(json.version) : 'unknown';
  };
  return {
    sparkmesh: await version(join(projectRoot, 'package.json')),
    node: process.versions.node,
    tfjs: await version(createRequire(import.meta.url).resolve('@tensorflow/tfjs/package.json')),
  };
}

export async function makeReport({ views, runner, versions }: ReportInput): Promise<Report> {
  const [first] = views;
  if (!first) throw new Error('There is no client to report on.');
  const summaries = views.reduce((most, { summaries: known }) => (known.length > most.length ? known : most), first.summaries);
  // Where patience ended, some had gone on by then.
  const counted = summaries.slice(0, settledAfter(summaries, first.settings.patience) ?? summaries.length);
  const rounds = counted.map(({ round, averaged, mean, clients, bytesSent, seconds }): ReportRound => {
    const own = views.flatMap((view) => view.own.filter((done) => done.round === round));
    return {
      round: round + 1,
      accuracy: { averaged: averaged.accuracy, mean: mean.accuracy, clients: clients.map(({ accuracy }) => accuracy) },
      loss: { averaged: averaged.loss, mean: mean.loss, clients: clients.map(({ loss }) => loss) },
      bytesSent,
      seconds,
      phases: meanTimes(
        phases,
        own.map((done) => done.phases),
      ),
      work: meanTimes(
        works,
        own.map(({ work }) => work),
      ),
      solver: solverOf(own.flatMap(({ solver }) => solver ?? [])),
      edges: own.reduce((sum, { neighbours }) => sum + neighbours.length, 0),
      missed: own.reduce((sum, { missed }) => sum + missed.length, 0),
    };
  });
  const confusion = counted.at(-1)?.confusion ?? [];
  const edges = views.flatMap(({ self, peers }) =>
    peers.flatMap(({ number, sent }) => (Object.keys(sent).length > 0 ? [{ from: self.number, to: number, bytes: sent }] : [])),
  );
  return {
    format: 'sparkmesh-report/1',
    config: { ...first.settings, clients: views.length, runner },
    versions: { ...(await ownVersions()), ...versions },
    backend: first.backend?.name ?? 'cpu',
    adapter: first.backend?.adapter ?? '',
    scored: {
      on: first.settings.task ? 'held-out' : first.settings.scoreOn,
      samples: countOf({ confusion }),
      confusion: rowsOf(confusion),
    },
    rounds,
    edges,
  };
}

export async function writeReport(report: Report, file: string): Promise<void> {
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
}

/** The table that ends a run. */
export function roundsTable({ rounds }: Report): string {
  const rows = [
    ['round', 'averaged', 'mean client', 'loss', 'bytes sent', 'seconds'],
    ...rounds.map(({ round, accuracy, loss, bytesSent, seconds }) => [
      String(round),
      percent(accuracy.averaged),
      percent(accuracy.mean),
      loss.averaged.toFixed(3),
      megabytes(bytesSent),
      seconds.toFixed(1),
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((cell, column) => cell.padStart(widths[column]!)).join('  ')).join('\n');
}

/** Whose rows were scored, in one sentence; null where it is everyone's test set. */
export function scoredLine({ scored: { on, samples }, config: { clients } }: Report): string | null {
  if (on !== 'held-out') return null;
  return `Scores are sums of counts over the ${samples} rows that the ${clients} clients held out of their own, each its own.`;
}

/** That a run has ended by itself, in one sentence; null if it has not. */
export function settledLine({ rounds, config: { patience, rounds: target } }: Report): string | null {
  if (patience === 0 || rounds.length === target) return null;
  const since = rounds.length - patience;
  return `Nothing more to learn: the averaged model has not got better since round ${since}, so the run ended after round ${rounds.length} of ${target}.`;
}

/** Where the time of a round goes, after the first, in one sentence. */
export function workLine({ rounds, config }: Report): string {
  const later = rounds.length > 1 ? rounds.slice(1) : rounds;
  const mean = (of: (round: ReportRound) => number) => later.reduce((sum, round) => sum + of(round), 0) / later.length;
  const parts = works.flatMap((work) =>
    later.some((round) => round.work[work] !== undefined) ? [[work, mean((round) => round.work[work] ?? 0)] as const] : [],
  );
  const total = parts.reduce((sum, [, ms]) => sum + ms, 0);
  const seconds = mean((round) => round.seconds);
  const solved = later.flatMap(({ solver }) => solver ?? []);
  const solving =
    solved.length > 0
      ? `; a step is solved for in ${(solved.reduce((sum, { products }) => sum + products, 0) / solved.length).toFixed(1)} products`
      : '';
  return (
    `A round takes ${seconds.toFixed(2)} s; in it each of ${config.clients} clients computes for ${Math.round(total)} ms: ` +
    `${parts.map(([work, ms]) => `${work} ${ms.toFixed(1)}`).join(', ')}${solving}.`
  );
}
