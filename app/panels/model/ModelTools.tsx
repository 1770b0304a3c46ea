/** A model to try and to take home. */

import { useMemo } from 'react';
import { classifier } from '../../../src/export/classify.ts';
import type { SavedModel } from '../../../src/export/savedModel.ts';
import { ModelCard } from './ModelCard.tsx';
import './ModelTools.css';
import { TakeHome } from './TakeHome.tsx';
import { TryImage } from './TryImage.tsx';
import { TryRow } from './TryRow.tsx';

function Try({ model }: { model: SavedModel }) {
  const { task, classes } = model.card;
  const ask = useMemo(() => classifier(model), [model]);
  if (task.kind === 'table') return <TryRow table={task.table} classes={classes} ask={ask} />;
  if (task.values === 'bytes') return <TryImage task={task} classes={classes} ask={ask} />;
  return <p className="quiet">This model was trained on images whose numbers were no bytes, so that no picture can be put to it here.</p>;
}

/** @param name of its files, without their ending. */
export function ModelTools({ model, name }: { model: SavedModel; name: string }) {
  return (
    <div className="model-tools">
      <div>
        <h3>Try it</h3>
        <Try model={model} />
      </div>
      <div>
        <h3>Take it home</h3>
        <TakeHome model={model} name={name} />
      </div>
      <div>
        <h3>What it is</h3>
        <ModelCard card={model.card} />
      </div>
    </div>
  );
}
