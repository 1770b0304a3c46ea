/** What the weights are in the beginning: new ones, or those of a saved model, which everyone has to choose. */

import { useId, useState } from 'react';
import type { Settings } from '../../../src/settings/settings.ts';
import { ChooseFile } from '../../ui/ChooseFile.tsx';
import { usePage } from '../../usePage.ts';
import './StartField.css';
import { reasonOf } from '../../reasonOf.ts';

interface StartFieldProps {
  readonly settings: Settings;
  readonly onChange: (settings: Settings) => void;
}

/** Of a digest, as much as tells models apart. */
const shortOf = (digest: string) => digest.slice(0, 8);

export function StartField({ settings, onChange }: StartFieldProps) {
  const id = useId();
  const adopted = usePage((page) => page.adopted);
  const adopt = usePage((page) => page.adopt);
  const inputs = usePage((page) => page.inputs);
  const [problem, setProblem] = useState<string | null>(null);
  const { initialModel } = settings;
  const lacksIt = initialModel !== '' && !adopted.includes(initialModel);

  const open = async (file: File) => {
    try {
      const { openStart } = await import('../model/openStart.ts');
      const start = await openStart(file, settings, inputs);
      const digest = start.settings.initialModel;
      if (lacksIt && digest !== initialModel) {
        setProblem(
          `${file.name} is model ${shortOf(digest)}, and the room goes on from ${shortOf(initialModel)}; choose the file of that one.`,
        );
        return;
      }
      setProblem(null);
      adopt(digest, start.weights);
      if (digest !== initialModel) onChange({ ...settings, ...start.settings });
    } catch (error) {
      setProblem(reasonOf(error));
    }
  };

  return (
    <div className="field start" role="group" aria-labelledby={id}>
      <span id={id}>Starts from</span>
      <div className="start-choice">
        <span>{initialModel === '' ? 'new weights' : `saved model ${shortOf(initialModel)}`}</span>
        <ChooseFile
          label={lacksIt ? 'Choose its file' : 'Choose a saved model'}
          accept=".safetensors,.html"
          onFile={(file) => void open(file)}
          first={lacksIt}
        />
        {initialModel !== '' && (
          <button type="button" className="link" onClick={() => onChange({ ...settings, initialModel: '' })}>
            Use new weights
          </button>
        )}
      </div>
      <p className="hint" role="status">
        {problem !== null
          ? `✕ ${problem}`
          : lacksIt
            ? 'Someone here goes on from a saved model; ask them for its file, so that this tab can take part.'
            : initialModel !== '' && 'Everyone else is asked for the same file.'}
      </p>
    </div>
  );
}
