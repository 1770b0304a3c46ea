/** The wrong answers that a model was surest of, with what it was asked. */

import { useState } from 'react';
import type { Examination, Mistake } from '../../../src/client/examination.ts';
import type { Task } from '../../../src/export/savedModel.ts';
import { formatWholePercent } from '../../format.ts';
import { Picture } from '../../ui/Picture.tsx';
import { usePage } from '../../usePage.ts';
import './Classes.css';
import './Mistakes.css';
import { sampleOf } from './samples.ts';
import { useAfterRounds } from '../../ui/useAfterRounds.ts';
import { useInputs } from '../model/useInputs.ts';
import { WhoseModel, type Whose } from './WhoseModel.tsx';

/** Fields of a row that are shown; a row of a spectrum has hundreds. */
const MOST_FIELDS = 12;

function Asked({ task, mistake, name }: { task: Task; mistake: Mistake; name: string }) {
  const sample = sampleOf(task, mistake.values);
  if (sample.kind === 'image') return <Picture values={sample.values} form={sample.form} name={name} />;
  const left = sample.fields.length - MOST_FIELDS;
  return (
    <p className="mistake-row small">
      {sample.fields
        .slice(0, MOST_FIELDS)
        .map(({ name: column, value }) => `${column} ${value ?? 'empty'}`)
        .join(' · ')}
      {left > 0 && ` and ${left} more`}
    </p>
  );
}

interface ListProps {
  readonly mistakes: readonly Mistake[];
  readonly task: Task;
  readonly classes: readonly string[];
}

function MistakeList({ mistakes, task, classes }: ListProps) {
  const nameOf = (c: number) => classes[c] ?? `class ${c}`;
  return (
    <ol className={`mistakes ${task.kind}`}>
      {mistakes.map((mistake, k) => (
        <li key={k}>
          <Asked task={task} mistake={mistake} name={nameOf(mistake.label)} />
          <p className="small">
            <strong>{nameOf(mistake.label)}</strong>
            <br />
            taken for {nameOf(mistake.named)}, <span className="quiet">{formatWholePercent(mistake.probability)} sure</span>
          </p>
        </li>
      ))}
    </ol>
  );
}

function Examined({ examination: { mistakes, settings } }: { examination: Examination }) {
  const inputs = useInputs(settings);
  if (mistakes.length === 0) return <p>It makes none on the samples that are scored on here.</p>;
  switch (inputs.kind) {
    case 'unknown':
      return <p role="alert">{inputs.why}</p>;
    case 'looking':
      return <p className="quiet">Looking …</p>;
    case 'found':
      return <MistakeList mistakes={mistakes} task={inputs.inputs.task} classes={inputs.inputs.classes} />;
  }
}

function Content({ examinations, whose }: { examinations: readonly Examination[] | undefined; whose: Whose }) {
  if (!examinations) return <p className="quiet">Looking …</p>;
  if (examinations.length === 0) return <p className="quiet">This shows once a round has been scored.</p>;
  const shown = examinations.find(({ of }) => of === whose);
  if (!shown) return <p className="quiet">Another client averages the models; this one gets the averaged model when the run ends.</p>;
  return <Examined examination={shown} />;
}

export default function Mistakes() {
  const [whose, setWhose] = useState<Whose>('averaged');
  const examinations = useAfterRounds(usePage((page) => page.examine));
  return (
    <div className="see">
      <div>
        <h3>The worst mistakes</h3>
        <WhoseModel whose={whose} onChange={setWhose} />
        <Content examinations={examinations} whose={whose} />
      </div>
    </div>
  );
}
