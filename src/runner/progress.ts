/** The line of progress under a run. */

import type { ClientView } from '../client/view.ts';
import { percent } from '../math/format.ts';

/** A live line on stderr while a run goes on: rewritten in place on a terminal, one line a round elsewhere. */
export class ProgressLine {
  /** The rounds there were when this began to watch: a run that goes on has some. */
  #since: { readonly at: number; readonly done: number } | null = null;
  #lastRound = -1;
  #width = 0;
  #title = '';

  constructor(private readonly stream: { readonly isTTY: boolean; write(text: string): unknown } = process.stderr) {}

  /** A run that follows another on the same line. */
  begin(title: string): void {
    this.#since = null;
    this.#lastRound = -1;
    this.#title = `${title}  `;
  }

  /** Something that has no rounds yet. */
  note(text: string): void {
    this.#write(text, true);
  }

  show({ settings, summaries, phase, own }: ClientView): void {
    if (own.length === 0 && phase === null) return;
    const done = Math.max(own.length, summaries.length);
    this.#since ??= { at: performance.now(), done };
    const last = summaries.at(-1);
    const score = last ? `  averaged ${percent(last.averaged.accuracy)}, mean client ${percent(last.mean.accuracy)}` : '';
    const watched = done - this.#since.done;
    const perRound = (performance.now() - this.#since.at) / 1000 / watched;
    const eta = watched > 0 ? `  ETA ${duration(perRound * (settings.rounds - done))}` : '';
    const now = phase && done < settings.rounds ? `  ${phase}` : '';
    this.#write(`${this.#title}round ${done} of ${settings.rounds}${score}${eta}${now}`, done > this.#lastRound);
    this.#lastRound = done;
  }

  end(): void {
    if (this.stream.isTTY) this.stream.write('\n');
  }

  #write(text: string, isNews: boolean): void {
    if (this.stream.isTTY) {
      this.stream.write(`\r${text.padEnd(this.#width)}`);
      this.#width = text.length;
    } else if (isNews) this.stream.write(`${text}\n`);
  }
}

function duration(seconds: number): string {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
