import { isCentralised } from '../../src/settings/method.ts';
import type { CatalogueEntry } from '../../src/data/catalogue.ts';
import { sharedInputs, type Settings } from '../../src/settings/settings.ts';
import { Choice } from './Choice.tsx';
import { disclosure } from './describe.ts';

const exchanges = ['sketch', 'factors'] as const;
const names = { sketch: 'sketches', factors: 'exact samples' } as const;

interface ExchangeFieldProps {
  readonly settings: Settings;
  /** The samples' dataset, where this page's server has it. */
  readonly dataset: CatalogueEntry | undefined;
  readonly onChange: (exchange: Settings['exchange']) => void;
}

/** What neighbours get where there is no choice. */
function given({ method }: Settings): string {
  if (isCentralised(method)) return 'nothing';
  return method.kind === 'ntk' ? 'derivatives' : 'weights';
}

/** What neighbours get, and what that tells them; convolutions and gradient methods leave no choice. */
export function ExchangeField({ settings, dataset, onChange }: ExchangeFieldProps) {
  const hint = disclosure(settings, dataset);
  if (sharedInputs(settings) !== 'none') {
    return (
      <Choice label="Neighbours get" values={exchanges} names={names} value={settings.exchange} onChange={onChange} hint={hint} />
    );
  }
  return (
    <div className="field">
      <span>Neighbours get</span>
      <strong>{given(settings)}</strong>
      <p className="hint">{hint}</p>
    </div>
  );
}
