/** What the federation and this client have learned, round by round. */

import { useState } from 'react';
import { formatPercent } from '../../format.ts';
import { Term } from '../../ui/Term.tsx';
import { useView } from '../../usePage.ts';
import { Charts } from './Charts.tsx';
import './Learning.css';
import { Personal } from './Personal.tsx';
import { countedSamples } from './scoredSamples.ts';
import { ScoreTable } from './ScoreTable.tsx';

export function Learning() {
  const [asTable, setAsTable] = useState(false);
  const latest = useView(({ summaries }) => summaries.at(-1));
  const samples = useView(countedSamples);
  return (
    <section className="learning" aria-labelledby="learning-title">
      <div className="learning-head">
        <h2 id="learning-title">What we learn</h2>
        <button type="button" className="link small" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {asTable ? 'Show curves' : 'Show numbers'}
        </button>
      </div>
      <p className="headline">
        <strong data-testid="accuracy-averaged" className={latest ? undefined : 'quiet'}>
          {latest ? formatPercent(latest.averaged.accuracy) : '– %'}
        </strong>
        <span className="quiet">
          of {samples} recognised by the <Term of="averaged">averaged model</Term>
        </span>
      </p>
      <Personal />
      {asTable ? <ScoreTable /> : <Charts />}
    </section>
  );
}
