/** Class by class: what the models take for what, and who holds samples of which. */

import { useState } from 'react';
import type { Examination } from '../../../src/client/examination.ts';
import { clientColour } from '../../colours.ts';
import { formatList, formatPercent } from '../../format.ts';
import { settingsShown } from '../../runs.ts';
import { usePage, useView } from '../../usePage.ts';
import './Classes.css';
import { accuracyOf } from './confusion.ts';
import { ConfusionTable } from './ConfusionTable.tsx';
import { HeatTable } from './HeatTable.tsx';
import { holdings } from './holdings.ts';
import { useAfterRounds } from '../../ui/useAfterRounds.ts';
import { useInputs } from '../model/useInputs.ts';
import { WhoseModel, type Whose } from './WhoseModel.tsx';

/** Of more clients no table is read. */
const MOST_CLIENTS = 24;
/** And of more classes. */
const MOST_CLASSES = 50;

function WhoHolds({ names }: { names: readonly string[] }) {
  const self = useView((view) => view.self);
  const peers = useView((view) => view.peers);
  const share = useView((view) => view.share);
  const settings = useView((view) => view.settings);
  const inputs = useInputs(settings);
  const held = holdings({ self, peers, share, settings }, inputs.kind === 'found' ? inputs.inputs.trainCounts : null);
  if (held.length > MOST_CLIENTS || names.length > MOST_CLASSES) return null;
  const totals = held.map(({ counts }) => counts.reduce((sum, count) => sum + count, 0));
  return (
    <div>
      <h3>Who holds which classes</h3>
      <HeatTable
        caption="Who holds which classes"
        corner="client →"
        columns={held.map(({ client }) => ({ key: `${client}`, name: `${client}`, shade: clientColour(client, self.number) }))}
        rows={names.map((name, c) => ({ name, counts: held.map(({ counts }) => counts[c] ?? 0) }))}
        partOf={({ counts }, k) => counts[k]! / Math.max(1, totals[k]!)}
      />
    </div>
  );
}

/** Of own data: what each model does on the rows that are held out here. */
function OnMyRows({ examinations }: { examinations: readonly Examination[] }) {
  const said = examinations.flatMap(({ of, confusion }) => {
    const accuracy = accuracyOf(confusion);
    return accuracy === null ? [] : [`the ${of === 'own' ? 'model of my own' : 'averaged model'} knows ${formatPercent(accuracy)}`];
  });
  if (said.length === 0) return null;
  return (
    <p className="on-my-rows">Of my own rows that nobody learned from, {formatList(said)}. The averaged model’s table is of everyone’s.</p>
  );
}

export default function Classes() {
  const [whose, setWhose] = useState<Whose>('averaged');
  const latest = useView(({ summaries }) => summaries.at(-1)?.confusion);
  const held = useView(({ share }) => share?.classNames);
  const settings = usePage(({ runs, view }) => settingsShown(runs, view));
  const inputs = useInputs(settings);
  const examinations = useAfterRounds(usePage((page) => page.examine));
  const confusion = whose === 'own' ? examinations?.find(({ of }) => of === 'own')?.confusion : latest;
  return (
    <div className="see">
      <div>
        <h3>What is taken for what</h3>
        {settings.task && <OnMyRows examinations={examinations ?? []} />}
        <WhoseModel whose={whose} onChange={setWhose} />
        {confusion && confusion.length > 0 && inputs.kind === 'looking' && <p className="quiet">Looking …</p>}
        {confusion && confusion.length > 0 && inputs.kind !== 'looking' && (
          <ConfusionTable
            confusion={confusion}
            names={inputs.kind === 'found' ? inputs.inputs.classes : []}
            shade={whose === 'own' ? '--me' : '--ink'}
          />
        )}
        {!confusion?.length && <p className="quiet">This shows once a round has been scored.</p>}
      </div>
      <WhoHolds names={held ?? []} />
    </div>
  );
}
