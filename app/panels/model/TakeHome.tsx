/** A model as a file, in each form that something reads. */

import { useState } from 'react';
import { modelFiles } from '../../../src/export/modelFiles.ts';
import { ModelFileError, type SavedModel } from '../../../src/export/savedModel.ts';
import { save } from '../../ui/save.ts';

const forms = [
  { ending: 'html', label: 'Web page', use: 'Answers offline in any browser, on a phone too. Send it to anyone.' },
  { ending: 'safetensors', label: 'safetensors', use: 'The exact weights: to go on from, here or with the commands, and for Python.' },
  { ending: 'onnx', label: 'ONNX', use: 'For onnxruntime, in most languages.' },
  { ending: 'zip', label: 'TensorFlow.js', use: 'A layers model for tf.loadLayersModel: model.json and its weights.' },
] as const;

export function TakeHome({ model, name }: { model: SavedModel; name: string }) {
  const [problem, setProblem] = useState<string | null>(null);
  const give = (ending: string) => {
    try {
      for (const file of modelFiles(model, `${name}.${ending}`)) save(file.name, new Blob([file.bytes]));
      setProblem(null);
    } catch (error) {
      if (!(error instanceof ModelFileError)) throw error;
      setProblem(error.message);
    }
  };
  return (
    <>
      <ul className="take-home">
        {forms.map(({ ending, label, use }) => (
          <li key={ending}>
            <button type="button" className="action" onClick={() => give(ending)}>
              {label}
            </button>
            <span className="small quiet">{use}</span>
          </li>
        ))}
      </ul>
      <p className="small quiet">No file has a row, a picture or the name of a file in it; it has the names of classes and columns.</p>
      {problem !== null && <p role="alert">{problem}</p>}
    </>
  );
}
