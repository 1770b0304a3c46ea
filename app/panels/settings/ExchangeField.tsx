/** What neighbours get, what that tells them, and how its numbers travel; convolutions and gradient methods leave less choice. */

import { isCentralised } from '../../../src/settings/method.ts';
import { rowWidth } from '../../../src/data/dataset.ts';
import { disclosure } from '../../../src/settings/disclosure.ts';
import { exchanges, settingsSchema, type Settings } from '../../../src/settings/settings.ts';
import { Choice } from './Choice.tsx';
import { exchangeNames, type SampleShape } from './describe.ts';
import { Menu } from './Menu.tsx';
import { NumberField } from './NumberField.tsx';

const { projection, projectionSize, wire } = settingsSchema.entries;
const projectionNames = { 'khatri-rao': 'Khatri-Rao', dense: 'dense' } as const;
const wireNames = { f16: 'half precision', f32: 'in full', q8: '8 bits' } as const;

interface ExchangeFieldProps {
  readonly settings: Settings;
  /** What is known of the samples, if anything. */
  readonly samples: SampleShape | undefined;
  readonly onChange: (settings: Settings) => void;
}

/** With convolutions neighbours get derivatives or weights; `sketch` stands for the former. */
const convolutionNames = { sketch: 'derivatives', weights: exchangeNames.weights } as const;
const convolutionExchanges = ['sketch', 'weights'] as const;

export function ExchangeField({ settings, samples, onChange }: ExchangeFieldProps) {
  const hint = disclosure(settings, samples && rowWidth(samples) * (samples.channels ?? 1));
  const form = (
    <Choice
      label="Numbers travel"
      values={wire.options}
      names={wireNames}
      value={settings.wire}
      onChange={(chosen) => onChange({ ...settings, wire: chosen })}
    />
  );
  if (settings.method.kind === 'ntk') {
    if (settings.convolutions.length > 0) {
      return (
        <>
          <Menu
            label="Neighbours get"
            values={convolutionExchanges}
            nameOf={(exchange) => convolutionNames[exchange]}
            value={settings.exchange === 'weights' ? 'weights' : 'sketch'}
            onChange={(exchange) => onChange({ ...settings, exchange })}
            hint={hint}
          />
          {form}
        </>
      );
    }
    return (
      <>
        <Menu
          label="Neighbours get"
          values={exchanges}
          nameOf={(exchange) => exchangeNames[exchange]}
          value={settings.exchange}
          onChange={(exchange) => onChange({ ...settings, exchange })}
          hint={hint}
        />
        {settings.exchange === 'projected' && (
          <>
            <Choice
              label="Projection"
              values={projection.options}
              names={projectionNames}
              value={settings.projection}
              onChange={(chosen) => onChange({ ...settings, projection: chosen })}
            />
            <NumberField
              label="Dimensions"
              value={settings.projectionSize}
              schema={projectionSize}
              onChange={(chosen) => onChange({ ...settings, projectionSize: chosen })}
            />
          </>
        )}
        {form}
      </>
    );
  }
  return (
    <>
      <div className="field">
        <span>Neighbours get</span>
        <strong>{isCentralised(settings.method) ? 'nothing' : 'weights'}</strong>
        <p className="hint">{hint}</p>
      </div>
      {!isCentralised(settings.method) && form}
    </>
  );
}
