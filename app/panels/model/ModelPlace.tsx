/** A saved model, read in this tab: to try, and to save in other forms. */

import { useState } from 'react';
import { readModel } from '../../../src/export/modelFiles.ts';
import { ModelFileError, type SavedModel } from '../../../src/export/savedModel.ts';
import { ChooseFile } from '../../ui/ChooseFile.tsx';
import { usePage } from '../../usePage.ts';
import './ModelPlace.css';
import { ModelTools } from './ModelTools.tsx';
import { modelBytes } from './modelBytes.ts';

type Opened =
  | { readonly kind: 'none' }
  | { readonly kind: 'read'; readonly model: SavedModel; readonly name: string }
  | { readonly kind: 'refused'; readonly why: string };

export default function ModelPlace() {
  const setPlace = usePage((page) => page.setPlace);
  const [opened, setOpened] = useState<Opened>({ kind: 'none' });
  const open = async (file: File) => {
    try {
      setOpened({ kind: 'read', model: readModel(await modelBytes(file), file.name), name: file.name.replace(/\.[^.]*$/, '') });
    } catch (error) {
      if (!(error instanceof ModelFileError)) throw error;
      setOpened({ kind: 'refused', why: error.message });
    }
  };
  return (
    <div className="model-place">
      <header className="top-bar">
        <h1>sparkmesh</h1>
        <p>a saved model</p>
        <p className="meeting quiet">It and what you ask it stay in this tab</p>
        <button type="button" className="link" onClick={() => setPlace('entrance')}>
          Back
        </button>
      </header>
      <main>
        <p className="model-choice">
          <ChooseFile
            label={opened.kind === 'read' ? 'Choose another model' : 'Choose a model'}
            accept=".safetensors,.html"
            onFile={(file) => void open(file)}
            first={opened.kind !== 'read'}
          />
          <span className="quiet">
            {opened.kind === 'read' ? opened.name : 'A .safetensors or .html file that this page or its commands saved.'}
          </span>
        </p>
        {opened.kind === 'refused' && <p role="alert">{opened.why}</p>}
        {opened.kind === 'read' && <ModelTools key={opened.name} model={opened.model} name={opened.name} />}
      </main>
    </div>
  );
}
