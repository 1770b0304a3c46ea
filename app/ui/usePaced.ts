/** A value that changes often, for what is costly to draw. */

import { useEffect, useRef, useState } from 'react';

/** @returns the value, another at most once in an interval, and the last one in the end. */
export function usePaced<T>(value: T, intervalMs: number): T {
  const [shown, setShown] = useState(value);
  const changedAt = useRef(-Infinity);
  useEffect(() => {
    if (Object.is(value, shown)) return undefined;
    const timer = setTimeout(
      () => {
        changedAt.current = performance.now();
        setShown(value);
      },
      changedAt.current + intervalMs - performance.now(),
    );
    return () => clearTimeout(timer);
  }, [value, shown, intervalMs]);
  return shown;
}
