/** Which kernel a step is made with, how, and whether weights may grow for ever: for methods that have a kernel. */

import { methodSchemas, type Method } from '../../../src/settings/method.ts';
import { evolvedBy } from '../../../src/settings/presets.ts';
import { Term } from '../../ui/Term.tsx';
import { Choice } from './Choice.tsx';
import { describeStep, evolutionNames, kernelNames, pullNames } from './describe.ts';

/** γ where weights are pulled back. */
const USUAL_PULL = 0.02;

const kernels = methodSchemas.ntk.entries.kernel.options;
/** Only with the whole kernel is there a step to solve for. */
const evolutionsWith = { whole: ['ridge', 'flow', 'timed'], averaged: ['flow', 'timed'] } as const;

interface KernelFieldProps {
  readonly method: Method;
  readonly onChange: (method: Method) => void;
}

export function KernelField({ method, onChange }: KernelFieldProps) {
  if (method.kind === 'gradient') return null;
  const { kernel, evolution, pull } = method;
  return (
    <>
      <Choice
        label={<Term of="kernel">Kernel</Term>}
        values={kernels}
        names={kernelNames}
        value={kernel}
        onChange={(chosen) => {
          const isLost = chosen === 'averaged' && evolution.kind === 'ridge';
          onChange({ ...method, kernel: chosen, evolution: isLost ? evolvedBy('flow', evolution) : evolution });
        }}
      />
      <Choice
        label="Each step"
        values={evolutionsWith[kernel]}
        names={evolutionNames}
        value={evolution.kind}
        onChange={(kind) => onChange({ ...method, evolution: evolvedBy(kind, evolution) })}
        hint={describeStep(evolution)}
      />
      <Choice
        label={<Term of="pull">Weights</Term>}
        values={['free', 'pulled']}
        names={pullNames}
        value={pull > 0 ? 'pulled' : 'free'}
        onChange={(chosen) => onChange({ ...method, pull: chosen === 'pulled' ? USUAL_PULL : 0 })}
      />
    </>
  );
}
