import { isCentralised } from '../../src/settings/method.ts';
import type { CatalogueEntry } from '../../src/data/catalogue.ts';
import type { Settings } from '../../src/settings/settings.ts';
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

/** What neighbours get, and what that tells them; a gradient method leaves no choice. */
export function ExchangeField({ settings, dataset, onChange }: ExchangeFieldProps) {
  const hint = disclosure(settings, dataset);
  if (settings.method.kind === 'ntk') {
    return (
      <Choice label="Neighbours get" values={exchanges} names={names} value={settings.exchange} onChange={onChange} hint={hint} />
    );
  }
  return (
    <div className="field">
      <span>Neighbours get</span>
      <strong>{isCentralised(settings.method) ? 'nothing' : 'weights'}</strong>
      <p className="hint">{hint}</p>
    </div>
  );
}
