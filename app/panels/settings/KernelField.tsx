/** Which kernel a step is made with, how, and whether weights may grow for ever: for methods that have a kernel. */

import { holdsWeights, methodSchemas, type EvolutionSettings, type Method, type NtkMethod } from '../../../src/settings/method.ts';
import { evolvedBy, usualRidge } from '../../../src/settings/presets.ts';
import { Term } from '../../ui/Term.tsx';
import { Choice } from './Choice.tsx';
import { describeStep, evolutionNames, kernelNames, pullNames } from './describe.ts';

/** γ where weights are pulled back by no prior. */
const USUAL_PULL = 0.02;

/** A ridge holds weights back by its prior, a flow by a pull. */
function held(method: NtkMethod, isWanted: boolean): NtkMethod {
  const { evolution } = method;
  if (evolution.kind === 'ridge') return { ...method, pull: 0, evolution: { ...evolution, prior: isWanted ? usualRidge.prior : 0 } };
  return { ...method, pull: isWanted ? USUAL_PULL : 0 };
}

const kernels = methodSchemas.ntk.entries.kernel.options;
/** Only with the whole kernel is there a step to solve for. */
const evolutionsWith = { whole: ['ridge', 'flow', 'timed'], averaged: ['flow', 'timed'] } as const;

interface KernelFieldProps {
  readonly method: Method;
  readonly onChange: (method: Method) => void;
}

export function KernelField({ method, onChange }: KernelFieldProps) {
  if (method.kind === 'gradient') return null;
  const { kernel, evolution } = method;
  const evolved = (kind: EvolutionSettings['kind']) => held({ ...method, evolution: evolvedBy(kind, evolution) }, holdsWeights(method));
  return (
    <>
      <Choice
        label={<Term of="kernel">Kernel</Term>}
        values={kernels}
        names={kernelNames}
        value={kernel}
        onChange={(chosen) => {
          const isLost = chosen === 'averaged' && evolution.kind === 'ridge';
          onChange({ ...(isLost ? evolved('flow') : method), kernel: chosen });
        }}
      />
      <Choice
        label="Each step"
        values={evolutionsWith[kernel]}
        names={evolutionNames}
        value={evolution.kind}
        onChange={(kind) => onChange(evolved(kind))}
        hint={describeStep(evolution)}
      />
      <Choice
        label={<Term of="pull">Weights</Term>}
        values={['free', 'pulled']}
        names={pullNames}
        value={holdsWeights(method) ? 'pulled' : 'free'}
        onChange={(chosen) => onChange(held(method, chosen === 'pulled'))}
      />
    </>
  );
}
