/** A number among a few; one that is none of them stands at the nearest in ratio. */

import { useId, type ReactNode } from 'react';
import './SliderField.css';

interface SliderFieldProps {
  readonly label: ReactNode;
  /** What the slider can stop at, in order. */
  readonly stops: readonly number[];
  readonly value: number;
  readonly describe: (value: number) => string;
  readonly onChange: (value: number) => void;
  /** What stands beside the slider. */
  readonly children?: ReactNode;
}

export function SliderField({ label, stops, value, describe, onChange, children }: SliderFieldProps) {
  const id = useId();
  const distances = stops.map((stop) => Math.abs(Math.log(stop / value)));
  return (
    <div className="field centred">
      <span id={id}>{label}</span>
      <div className="slider">
        <input
          type="range"
          min={0}
          max={stops.length - 1}
          step={1}
          value={distances.indexOf(Math.min(...distances))}
          aria-labelledby={id}
          aria-valuetext={describe(value)}
          onChange={(event) => onChange(stops[event.target.valueAsNumber] ?? value)}
        />
        <output>{describe(value)}</output>
        {children}
      </div>
    </div>
  );
}
