import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { drawing } from './drawing.ts';

/** When the next frame comes, ms. */
const FRAME_MS = 16;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('requestAnimationFrame', (callback: () => void) => setTimeout(callback, FRAME_MS));
  vi.stubGlobal('cancelAnimationFrame', (frame: ReturnType<typeof setTimeout>) => clearTimeout(frame));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** A page whose drawing takes a while, and when it was drawn, ms. */
function page(costMs: number) {
  const times: number[] = [];
  const start = performance.now();
  const drawn = drawing(() => {
    times.push(performance.now() - start);
    // The clock goes on alone, as timers cannot fire while something is drawn.
    vi.setSystemTime(Date.now() + costMs);
    const now = performance.now() + costMs;
    vi.spyOn(performance, 'now').mockReturnValueOnce(now);
  });
  return { times, ...drawn };
}

describe('drawing', () => {
  it('draws the first change at once, and what comes while it costs together, for a twentieth of the time', () => {
    const { times, changed } = page(10);
    changed();
    expect(times).toEqual([0]);
    for (let k = 0; k < 1000; k++) {
      vi.advanceTimersByTime(1);
      changed();
    }
    expect(times.length).toBeGreaterThanOrEqual(4);
    expect(10 * times.length).toBeLessThanOrEqual(1000 / 20 + 10);
  });

  it('draws the last change though nothing comes after it, and nothing where nothing has changed', () => {
    const { times, changed } = page(10);
    changed();
    changed();
    vi.advanceTimersByTime(5000);
    expect(times).toHaveLength(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('draws what people act on at once, however soon after another', () => {
    const { times, changed } = page(10);
    changed();
    vi.advanceTimersByTime(1);
    changed(true);
    expect(times).toEqual([0, 1]);
  });

  it('draws once a second where drawing takes longer than can be paid for, or nothing is painted', () => {
    const slow = page(500);
    const hidden = page(1);
    vi.stubGlobal('requestAnimationFrame', () => 0);
    for (const { times, changed } of [slow, hidden]) {
      changed();
      for (let k = 0; k < 3500; k++) {
        vi.advanceTimersByTime(1);
        changed();
      }
      expect(times).toHaveLength(4);
    }
  });

  it('leaves nothing behind that would draw', () => {
    const { times, changed, end } = page(10);
    changed();
    changed();
    end();
    expect(vi.getTimerCount()).toBe(0);
    changed();
    vi.advanceTimersByTime(5000);
    expect(times).toHaveLength(1);
  });
});
