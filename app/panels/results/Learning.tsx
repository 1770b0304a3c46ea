/** What the federation and this client have learned, round by round, in several views. */

import { lazy, Suspense, useState } from 'react';
import { formatAccuracy } from '../../format.ts';
import { Term } from '../../ui/Term.tsx';
import { usePage, useView } from '../../usePage.ts';
import { SaveButton } from '../save/SaveButton.tsx';
import { Charts } from './Charts.tsx';
import './Learning.css';
import { Personal } from './Personal.tsx';
import { countedSamples } from './scoredSamples.ts';
import { ScoreTable } from './ScoreTable.tsx';

/** Loaded when somebody looks. */
const Classes = lazy(() => import('../see/Classes.tsx'));
const Mistakes = lazy(() => import('../see/Mistakes.tsx'));
const Runs = lazy(() => import('../see/Runs.tsx'));
const RoomModel = lazy(() => import('../model/RoomModel.tsx'));

const views = { curves: 'Curves', runs: 'Runs', numbers: 'Numbers', classes: 'Classes', mistakes: 'Mistakes', model: 'Use it' } as const;
type ViewName = keyof typeof views;
const viewNames: readonly ViewName[] = ['curves', 'runs', 'numbers', 'classes', 'mistakes', 'model'];

function Shown({ view }: { view: ViewName }) {
  switch (view) {
    case 'curves':
      return <Charts />;
    case 'numbers':
      return <ScoreTable />;
    case 'runs':
      return <Runs />;
    case 'classes':
      return <Classes />;
    case 'mistakes':
      return <Mistakes />;
    case 'model':
      return <RoomModel />;
  }
}

export function Learning() {
  const [view, setView] = useState<ViewName>('curves');
  const present = useView(({ run }) => run);
  const hasRuns = usePage(({ runs }) => runs.some(({ id }) => id !== present));
  const latest = useView(({ summaries }) => summaries.at(-1));
  const samples = useView(countedSamples);
  // There is something to lay over this run once another has ended.
  const offered = viewNames.filter((name) => name !== 'runs' || hasRuns);
  return (
    <section className="learning" aria-labelledby="learning-title">
      <div className="learning-head">
        <h2 id="learning-title">What we learn</h2>
        <div className="learning-views" role="group" aria-label="Show">
          {offered.map((name) => (
            <button key={name} type="button" className="small" aria-pressed={name === view} onClick={() => setView(name)}>
              {views[name]}
            </button>
          ))}
        </div>
        <SaveButton />
      </div>
      <p className="headline">
        <strong data-testid="accuracy-averaged" className={latest ? undefined : 'quiet'}>
          {formatAccuracy(latest?.averaged)}
        </strong>
        <span className="quiet">
          of {samples} recognised by the <Term of="averaged">averaged model</Term>
        </span>
      </p>
      <Personal />
      <Suspense fallback={<p className="quiet">One moment …</p>}>
        <Shown view={view} />
      </Suspense>
    </section>
  );
}
