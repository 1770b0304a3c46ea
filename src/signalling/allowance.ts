/** What somebody may still do: so much at once, then so much a second (a token bucket). */
export class Allowance {
  readonly #burst: number;
  readonly #perSecond: number;
  #left: number;
  #countedAt = performance.now();

  constructor(burst: number, perSecond: number) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#left = burst;
  }

  /** @returns whether there was enough; what was too much is owed, too. */
  spend(cost: number): boolean {
    this.#earn();
    this.#left -= cost;
    return this.#left >= 0;
  }

  /** Whether nothing is spent, or all of it is earned again. */
  get isWhole(): boolean {
    this.#earn();
    return this.#left >= this.#burst;
  }

  #earn(): void {
    const now = performance.now();
    this.#left = Math.min(this.#burst, this.#left + ((now - this.#countedAt) / 1000) * this.#perSecond);
    this.#countedAt = now;
  }
}
