/** What a client would have reached alone: the rounds of a run again, by the same method on its own rows, with nobody to talk to. */
import type { Problem } from './problem.ts';
import type { RunOptions } from './run/options.ts';
import { Run } from './run/run.ts';
import type { AloneView } from './view.ts';

/** What a run is made with, as the client that was in it has it. */
export type RunBefore = Pick<RunOptions, 'id' | 'self' | 'settings' | 'clock' | 'log' | 'inputBudget' | 'productBudget' | 'fallBack'>;

export class Alone {
  readonly #run: Run;
  readonly #rounds: number;
  #latest: AloneView;

  /**
   * @param problem the own rows, standardised by their own constants: the federation's come from everyone.
   * @param rounds as many as the run had.
   * @param onChange told when a round has been scored.
   */
  constructor(before: RunBefore, problem: Problem, rounds: number, onChange: () => void) {
    const { self, settings } = before;
    this.#rounds = rounds;
    this.#latest = { rounds, scores: [] };
    this.#run = new Run(
      {
        ...before,
        settings: { ...settings, task: null, exchange: 'weights', topology: { kind: 'ring' }, rounds, patience: 0, dropout: 0 },
        problem,
        samples: problem.own.labels.length,
        source: { graph: () => [[]] },
        trace: null,
        resumption: null,
        bookmark: null,
      },
      {
        participants: () => [self],
        isOpen: () => false,
        send: () => undefined,
        roundBytes: () => 0,
        tell: ({ type }) => {
          if (type === 'reached' || type === 'failed') void this.dispose();
          if (type === 'changed') onChange();
        },
      },
    );
    this.#run.begin();
  }

  /** The same object until another round has been scored. */
  get view(): AloneView {
    const { own } = this.#run.history;
    if (own.length !== this.#latest.scores.length) this.#latest = { rounds: this.#rounds, scores: own.map(({ score }) => score) };
    return this.#latest;
  }

  /** Ends it where it is, and frees what it holds on the device. */
  dispose(): Promise<void> {
    return this.#run.dispose();
  }
}
