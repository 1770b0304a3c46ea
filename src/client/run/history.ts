/** What a client has done in a run, and how long it took: rounds, phases, summaries, who was missed. It is told the time. */
import type { PeerId } from '../../transport/transport.ts';
import type { AveragedHere, OwnRound, Phase, RoundSummary } from '../view.ts';

/** What a history is from one round to the next. */
export interface Past {
  readonly own: readonly OwnRound[];
  readonly summaries: readonly RoundSummary[];
  /** In how many rounds each peer was left out. */
  readonly missedRounds: ReadonlyMap<PeerId, number>;
}

/** A round as it ends, before its model has been scored. */
export type EndedRound = Pick<OwnRound, 'round' | 'neighbours' | 'missed' | 'solver' | 'bytesSent'>;

/** What anyone may read of a history. */
export type Told = Pick<History, 'own' | 'summaries' | 'averagedHere' | 'phase' | 'missedRoundsOf'>;

/** A list by ascending round with one more of them; null where it has that round. Looks from the end, where most belong. */
function withRound<T extends { readonly round: number }>(list: readonly T[], item: T): readonly T[] | null {
  const before = list.findLastIndex(({ round }) => round <= item.round);
  return list[before]?.round === item.round ? null : list.toSpliced(before + 1, 0, item);
}

export class History {
  /** Both lists are replaced when they grow, so that whoever shows them can tell. */
  #own: readonly OwnRound[];
  #summaries: readonly RoundSummary[];
  /** For who looks on: no snapshot has it. */
  #averagedHere: readonly AveragedHere[] = [];
  readonly #missedRounds: Map<PeerId, number>;
  #phase: Phase | null = null;
  #phaseSince = 0;
  #times: Partial<Record<Phase, number>> = {};
  #roundSince = 0;
  #bytesBefore = 0;

  constructor({ own, summaries, missedRounds }: Past = { own: [], summaries: [], missedRounds: new Map() }) {
    this.#own = own;
    this.#summaries = summaries;
    this.#missedRounds = new Map(missedRounds);
  }

  get own(): readonly OwnRound[] {
    return this.#own;
  }

  /** By ascending round. */
  get summaries(): readonly RoundSummary[] {
    return this.#summaries;
  }

  get averagedHere(): readonly AveragedHere[] {
    return this.#averagedHere;
  }

  /** The phase under way; null between two rounds. */
  get phase(): Phase | null {
    return this.#phase;
  }

  missedRoundsOf(peer: PeerId): number {
    return this.#missedRounds.get(peer) ?? 0;
  }

  /** @param bytes what this client's rounds had cost when the round began. */
  begin(now: number, bytes: number): void {
    this.#roundSince = now;
    this.#bytesBefore = bytes;
    this.#times = {};
  }

  /** Ends the phase under way, if it is another, and counts its time. */
  enter(phase: Phase | null, now: number): void {
    if (phase === this.#phase) return;
    if (this.#phase) this.#times[this.#phase] = (this.#times[this.#phase] ?? 0) + now - this.#phaseSince;
    this.#phase = phase;
    this.#phaseSince = now;
  }

  /** Notes the round's end, and that the scoring of its model begins. @param bytes what this client's rounds have cost by now. */
  end(round: Pick<OwnRound, 'round' | 'neighbours' | 'missed' | 'solver'>, now: number, bytes: number): EndedRound {
    for (const peer of round.missed) this.#missedRounds.set(peer, this.missedRoundsOf(peer) + 1);
    this.enter('evaluate', now);
    return { ...round, bytesSent: bytes - this.#bytesBefore };
  }

  /** Adds the round. @returns the seconds that it took. */
  add(round: EndedRound & Pick<OwnRound, 'score' | 'work'>, now: number): number {
    this.enter(null, now);
    this.#own = [...this.#own, { ...round, phases: this.#times }];
    return (now - this.#roundSince) / 1000;
  }

  /** @returns whether it is news: of several summaries of a round the first one counts. */
  addSummary(summary: RoundSummary): boolean {
    const grown = withRound(this.#summaries, summary);
    this.#summaries = grown ?? this.#summaries;
    return grown !== null;
  }

  /** Of several averaged models of a round the first one counts. */
  addAveragedHere(scored: AveragedHere): void {
    this.#averagedHere = withRound(this.#averagedHere, scored) ?? this.#averagedHere;
  }

  /** Forgets the phase under way: the run is over. */
  close(): void {
    this.#phase = null;
  }

  past(): Past {
    return { own: this.#own, summaries: this.#summaries, missedRounds: new Map(this.#missedRounds) };
  }
}
