/** Copies a text, and says if the browser did. */

import { useState, type ReactNode } from 'react';

export function CopyButton({ text, children }: { text: string; children: ReactNode }) {
  const [outcome, setOutcome] = useState<'copied' | 'refused' | null>(null);
  const copy = async () => {
    try {
      // Pages that came by plain http have no clipboard.
      await navigator.clipboard.writeText(text);
      setOutcome('copied');
    } catch {
      setOutcome('refused');
    }
  };
  return (
    <>
      <button type="button" className="link" onClick={() => void copy()}>
        {children}
      </button>
      <span role="status" className="quiet">
        {outcome === 'copied' && 'Copied'}
        {outcome === 'refused' && 'The browser refused; select it to copy it.'}
      </span>
    </>
  );
}
