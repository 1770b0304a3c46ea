/** The model of the room's run. */

import { useMemo } from 'react';
import type { LearnedModel } from '../../../src/client/learned.ts';
import { toSavedModel } from '../../../src/client/toSavedModel.ts';
import { useAfterRounds } from '../../ui/useAfterRounds.ts';
import { usePage, useView } from '../../usePage.ts';
import { versions } from '../../versions.ts';
import { ModelTools } from './ModelTools.tsx';
import { useInputs } from './useInputs.ts';

function Learned({ model }: { model: LearnedModel }) {
  const summaries = useView((view) => view.summaries);
  const inputs = useInputs(model.settings);
  const found = inputs.kind === 'found' ? inputs.inputs : null;
  const saved = useMemo(
    () => found && toSavedModel(model, { summaries, task: found.task, classes: found.classes, versions }),
    [model, summaries, found],
  );
  if (inputs.kind === 'unknown') return <p role="alert">{inputs.why}</p>;
  if (!saved) return <p className="quiet">One moment …</p>;
  const { task, dataset } = model.settings;
  return <ModelTools model={saved} name={task ? 'sparkmesh-model' : `sparkmesh-${dataset}`} />;
}

export default function RoomModel() {
  const model = useAfterRounds(usePage((page) => page.model));
  if (model === undefined) return <p className="quiet">One moment …</p>;
  if (model === null) return <p className="quiet">There is a model once a round has ended.</p>;
  return <Learned model={model} />;
}
