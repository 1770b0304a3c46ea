/** Two devices without a meeting point, until they have a channel: what goes to the other, and what comes back. */

import { lazy, Suspense, useId, useState } from 'react';
import type { Pairing } from '../../../src/transport/pair.ts';
import { pairInvitation } from '../../address.ts';
import { TopBar } from '../../TopBar.tsx';
import { Code } from '../../ui/Code.tsx';
import { usePage } from '../../usePage.ts';
import './PairPlace.css';

/** Loaded when somebody scans one. */
const ScanCode = lazy(() => import('./ScanCode.tsx'));

function Answer() {
  const id = useId();
  const answer = usePage((page) => page.answer);
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [isTaken, setTaken] = useState(false);
  const [isScanning, setScanning] = useState(false);
  const give = async (given: string) => {
    setScanning(false);
    const refusal = await answer(given);
    setProblem(refusal);
    setTaken(refusal === null);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void give(text);
      }}
    >
      <label htmlFor={id}>Its answer</label>
      <textarea id={id} rows={4} value={text} spellCheck={false} onChange={({ target }) => setText(target.value)} />
      <p className="pair-actions">
        <button type="submit" className="action first" disabled={text.trim() === ''}>
          Connect
        </button>
        <button type="button" className="action" aria-pressed={isScanning} onClick={() => setScanning(!isScanning)}>
          {isScanning ? 'Stop the camera' : 'Scan it'}
        </button>
      </p>
      <p role="status" className="small quiet">
        {isTaken && 'Connecting …'}
      </p>
      {problem !== null && <p role="alert">{problem}</p>}
      {isScanning && (
        <Suspense>
          <ScanCode onCode={(code) => void give(code)} />
        </Suspense>
      )}
    </form>
  );
}

function Steps({ pairing }: { pairing: Exclude<Pairing, { kind: 'connected' }> }) {
  const link = usePage(({ address, task }) =>
    pairing.kind === 'offers' ? pairInvitation(address, pairing.code, address.own || task !== null) : '',
  );
  switch (pairing.kind) {
    case 'preparing':
      return <h2>Making a link …</h2>;
    case 'offers':
      return (
        <>
          <h2>Connect another device</h2>
          <div className="pair-steps">
            <section>
              <h3>1. Open this link there</h3>
              <p className="small quiet">It is of this one connection: whoever opens it and answers first is the other device.</p>
              <Code text={link} what="link" />
            </section>
            <section>
              <h3>2. Bring its answer here</h3>
              <p className="small quiet">
                The other device shows it when it has opened the link. Copy or scan it within a quarter of an hour.
              </p>
              <Answer key={pairing.code} />
            </section>
          </div>
        </>
      );
    case 'answers':
      return (
        <>
          <h2>Bring this answer back</h2>
          <div className="pair-steps">
            <section>
              <p className="small quiet">
                Paste it on the device that invited you, or let its camera scan the code. This page goes on by itself then.
              </p>
              <Code text={pairing.code} what="answer" />
            </section>
          </div>
        </>
      );
    case 'over':
      return (
        <>
          <h2>Not connected any more</h2>
          <p role="alert">The connection has ended: {pairing.why}. Ask the other device for its new link.</p>
        </>
      );
  }
}

export default function PairPlace({ pairing }: { pairing: Exclude<Pairing, { kind: 'connected' }> }) {
  return (
    <div className="pair-place">
      <TopBar />
      <main>
        <Steps pairing={pairing} />
      </main>
    </div>
  );
}
