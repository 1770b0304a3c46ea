/**
 * How long each neighbour usually takes to answer in each phase, and so how long it is waited for: as TCP sets its timeout (RFC
 * 6298), the running mean and four times the running deviation. It is told the time.
 *
 * Nobody is waited for longer than the run's deadline, nor for longer than four times what the other neighbours usually take. A neighbour
 * that has missed its time twice, or too often, is on probation: it is asked but not waited for, until it has answered in time
 * for a while. So is one that holds up every round though it is never late: that answers, where that is its own work alone, in many
 * times what the others take.
 */
import { median } from '../../math/median.ts';
import type { RoundEffect, WaitingPhase } from '../../round/state.ts';
import type { PeerId } from '../../transport/transport.ts';

/** Answers that an estimate needs before it is believed: a first round compiles and fetches. */
const ENOUGH = 3;
/** Everyone is given this long, ms, */
const FLOOR_MS = 1500;
/** or as long as this many rounds compute here. */
const FLOOR_WORK = 2;
/** Times what the others take, at most. */
const MOST_OF_OTHERS = 4;
/**
 * A slow answer takes this many times what others take on average, and at least so long, ms, or what two rounds compute here: longer
 * while that is not known.
 */
const [SLOW_OF_OTHERS, SLOW_MS, SLOW_UNKNOWN_MS] = [5, 100, 250];
/** The weight of the newest in the mean, and in the deviation. */
const [GAIN, DEVIATION_GAIN] = [1 / 8, 1 / 4];
/** Missed answers that lead to probation, and that leave it. A slow answer is a part of one, and one in time makes up for a part. */
const [PROBATION, TRUST, SLOW, AMENDS] = [2, 1, 1 / 2, 1 / 4];
/** Rounds of which an answer may still come. */
const KEPT_ROUNDS = 8;

interface Habit {
  answers: number;
  mean: number;
  deviation: number;
  misses: number;
  isOnProbation: boolean;
}

interface Asked {
  readonly round: number;
  readonly at: number;
  readonly allowances: ReadonlyMap<PeerId, number>;
}

export class Punctuality {
  readonly #habits: Record<WaitingPhase, Map<PeerId, Habit>> = { mix: new Map(), linearise: new Map(), step: new Map() };
  readonly #asked: Record<WaitingPhase, Asked[]> = { mix: [], linearise: [], step: [] };
  /** What a round computes here, usually, ms. */
  #work: number | null = null;

  /** @param deadlineMs how long anyone is waited for at most, and who is not known yet. */
  constructor(private readonly deadlineMs: number) {}

  /** Takes note of what a round has computed here, ms. */
  worked(ms: number): void {
    this.#work = this.#work === null ? ms : this.#work + GAIN * (ms - this.#work);
  }

  /** Neighbours that are asked but not waited for in the phase. */
  onProbation(phase: WaitingPhase): ReadonlySet<PeerId> {
    return new Set([...this.#habits[phase]].flatMap(([peer, { isOnProbation }]) => (isOnProbation ? [peer] : [])));
  }

  /**
   * Takes note that a phase begins, in which neighbours are asked.
   * @returns how long each of them is waited for, ms; nobody who is on probation.
   */
  ask({ round, phase, deadlines, asked, here }: Extract<RoundEffect, { type: 'await' }>, now: number): ReadonlyMap<PeerId, number> {
    for (const peer of here) this.#learn(phase, peer, 0);
    const allowances = new Map(asked.map((peer) => [peer, this.#allowance(phase, peer, [...asked, ...here], deadlines)]));
    const kept = this.#asked[phase];
    kept.push({ round, at: now, allowances });
    if (kept.length > KEPT_ROUNDS) kept.shift();
    const spared = this.onProbation(phase);
    return new Map([...allowances].filter(([peer]) => !spared.has(peer)));
  }

  /** Takes note of an answer, in time or late. */
  answered(peer: PeerId, round: number, phase: WaitingPhase, now: number): void {
    const asked = this.#asked[phase].find((each) => each.round === round);
    const allowance = asked?.allowances.get(peer);
    if (!asked || allowance === undefined) return;
    const elapsed = now - asked.at;
    const habit = this.#learn(phase, peer, elapsed);
    if (elapsed > allowance) {
      if (habit.isOnProbation) habit.misses = PROBATION;
    } else if (this.#isSlow(phase, peer, elapsed, [...asked.allowances.keys()])) {
      miss(habit, SLOW);
      // Nor is it waited for with its weights. Those tell whether it is worth another try: who has missed them is asked nothing else.
      miss(this.#habitOf('mix', peer), SLOW);
    } else {
      habit.misses = Math.max(0, habit.misses - AMENDS);
      if (habit.misses <= TRUST && !(phase === 'mix' && this.#isHeldBack(peer))) habit.isOnProbation = false;
    }
  }

  /** Whether a neighbour is not waited for after the mix: weights that come early enough now and then do not make up for that. */
  #isHeldBack(peer: PeerId): boolean {
    return (['linearise', 'step'] as const).some((phase) => this.#habits[phase].get(peer)?.isOnProbation);
  }

  /** Takes note that a neighbour's time has passed. */
  missed(peer: PeerId, phase: WaitingPhase): void {
    miss(this.#habitOf(phase, peer), 1);
  }

  /** Forgets whom it has asked: from now on time passes that is nobody's. */
  interrupt(): void {
    for (const asked of Object.values(this.#asked)) asked.length = 0;
  }

  #allowance(phase: WaitingPhase, peer: PeerId, peers: readonly PeerId[], deadlines: number): number {
    const ceiling = deadlines * this.deadlineMs;
    const habit = this.#habits[phase].get(peer);
    if (!habit || habit.answers < ENOUGH) return ceiling;
    const most = MOST_OF_OTHERS * this.#ofOthers(phase, peer, peers, usual);
    const floor = deadlines * Math.max(FLOOR_MS, FLOOR_WORK * (this.#work ?? 0));
    return Math.min(ceiling, Math.max(floor, Math.min(usual(habit), most)));
  }

  #isSlow(phase: WaitingPhase, peer: PeerId, elapsed: number, peers: readonly PeerId[]): boolean {
    // Weights come when a round has ended, which its neighbours hold up.
    if (phase === 'mix') return false;
    const most = SLOW_OF_OTHERS * this.#ofOthers(phase, peer, peers, ({ mean }) => mean);
    const least = this.#work === null ? SLOW_UNKNOWN_MS : Math.max(SLOW_MS, FLOOR_WORK * this.#work);
    return elapsed > Math.max(least, most);
  }

  /** The median over the other peers that are known well enough; Infinity where there are none. */
  #ofOthers(phase: WaitingPhase, peer: PeerId, peers: readonly PeerId[], of: (habit: Habit) => number): number {
    const others = peers.flatMap((other) => {
      const habit = this.#habits[phase].get(other);
      return other !== peer && habit && habit.answers >= ENOUGH ? [of(habit)] : [];
    });
    return others.length > 0 ? median(others) : Infinity;
  }

  #learn(phase: WaitingPhase, peer: PeerId, elapsed: number): Habit {
    const habit = this.#habitOf(phase, peer);
    if (habit.answers === 0) {
      habit.mean = elapsed;
      habit.deviation = elapsed / 2;
    } else {
      habit.deviation += DEVIATION_GAIN * (Math.abs(elapsed - habit.mean) - habit.deviation);
      habit.mean += GAIN * (elapsed - habit.mean);
    }
    habit.answers++;
    return habit;
  }

  #habitOf(phase: WaitingPhase, peer: PeerId): Habit {
    const known = this.#habits[phase].get(peer);
    const habit = known ?? { answers: 0, mean: 0, deviation: 0, misses: 0, isOnProbation: false };
    this.#habits[phase].set(peer, habit);
    return habit;
  }
}

/** How long a neighbour takes at most, nearly always, ms. */
function usual({ mean, deviation }: Habit): number {
  return mean + 4 * deviation;
}

function miss(habit: Habit, misses: number): void {
  habit.misses = Math.min(PROBATION, habit.misses + misses);
  if (habit.misses === PROBATION) habit.isOnProbation = true;
}
