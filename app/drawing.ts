/** How often the page is drawn: what it shows may cost a small part of the time, whatever it shows and however busy the device is. */

/** The part of the time that drawing may take. */
const SHARE = 1 / 20;

/** Changes are drawn after so long at the latest, ms; nothing is painted in a hidden tab, where it is the pace. */
const LONGEST_MS = 1000;

export interface Drawing {
  /** There is something new to draw; what people act on at once, lest they act on what is no more. */
  readonly changed: (isUrgent?: boolean) => void;
  /** Nothing is drawn from now on. */
  readonly end: () => void;
}

/**
 * Draws the first change at once, and those that come meanwhile together when that has been paid for.
 * @param draw has drawn, but for what the browser does before it paints, when it returns.
 */
export function drawing(draw: () => void): Drawing {
  let isWaiting = false;
  let isBehind = false;
  let isEnded = false;
  let frame = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const stop = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };

  const rested = () => {
    stop();
    isWaiting = false;
    if (isBehind) changed();
  };

  const rest = (cost: number) => {
    stop();
    timer = setTimeout(rested, Math.min(LONGEST_MS, cost / SHARE - cost));
  };

  function changed(isUrgent = false): void {
    if (isEnded) return;
    isBehind = isWaiting && !isUrgent;
    if (isBehind) return;
    stop();
    isWaiting = true;
    const since = performance.now();
    draw();
    const drawn = performance.now() - since;
    timer = setTimeout(rested, LONGEST_MS);
    frame = requestAnimationFrame(() => {
      const painting = performance.now();
      // A task that comes next is done when this frame has been.
      clearTimeout(timer);
      timer = setTimeout(() => rest(drawn + performance.now() - painting), 0);
    });
  }

  return {
    changed,
    end: () => {
      stop();
      isEnded = true;
    },
  };
}
