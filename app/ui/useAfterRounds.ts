/** The client's answer to a question, asked again after each round. */

import { useEffect, useRef, useState } from 'react';
import { useView } from '../usePage.ts';

interface Answered<T> {
  /** The state of the run that it was asked in. */
  readonly in: string;
  readonly answer: T;
}

/** @returns undefined before the first answer. */
export function useAfterRounds<T>(ask: () => Promise<T>): T | undefined {
  const state = useView(({ run, status, own, summaries }) => `${run} ${status.kind} ${own.length} ${summaries.length}`);
  const [answered, setAnswered] = useState<Answered<T> | null>(null);
  const isAsking = useRef(false);
  useEffect(() => {
    // One question at a time, so that rounds that are faster than answers do not pile up.
    if (isAsking.current || answered?.in === state) return;
    isAsking.current = true;
    void ask().then((answer) => {
      isAsking.current = false;
      setAnswered({ in: state, answer });
    });
  }, [answered, state, ask]);
  return answered?.answer;
}
