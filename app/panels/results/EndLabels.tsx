/** Names and values at the lines' ends, moved apart where they would overlap; the number of its client for a thin line. */

import { spread } from '../../../src/math/spread.ts';
import type { Curve, Curves } from './curves.ts';
import './EndLabels.css';
import type { Frame } from './frame.ts';
import { lookOf } from './looks.ts';

interface EndLabelsProps {
  readonly data: Curves;
  /** The point under the pointer, whose values the labels then tell; null for the last. */
  readonly index: number | null;
  readonly kind: 'large' | 'small';
  readonly frame: Frame;
  readonly describe: (value: number) => string;
}

/** Smallest distances of labels, and of the marks of other clients, px. */
const gaps = { large: 35, small: 16 } as const;
const MARK_GAP = 15;

interface End {
  readonly curve: Curve;
  readonly last: number;
}

/** How far from the top each of these ends is labelled, px. */
function tops(ends: readonly End[], gap: number, { top, height }: Frame): number[] {
  return spread(
    ends.map(({ last }) => top(last)),
    gap,
    gap / 2,
    height - gap / 2,
  );
}

export function EndLabels({ data, index, kind, frame, describe }: EndLabelsProps) {
  const ends = data.curves.flatMap((curve): End[] => {
    const last = curve.values.findLast((value) => typeof value === 'number');
    return typeof last === 'number' ? [{ curve, last }] : [];
  });
  const marked = ends.filter(({ curve }) => lookOf(curve.kind).end === 'mark');
  const named = ends.filter(({ curve }) => lookOf(curve.kind).end === 'label');
  const markTops = tops(marked, MARK_GAP, frame);
  const nameTops = tops(named, gaps[kind], frame);
  const indent = marked.length > 0 ? 24 : 6;
  return (
    <div className="end-labels" style={{ left: frame.left(data.x.at(-1) ?? 0) }} aria-hidden="true">
      {marked.map(({ curve }, k) => (
        <span
          key={curve.key}
          className="end-mark"
          style={{ top: markTops[k], background: `var(${curve.colour})`, color: `var(${curve.colour}-ink)` }}
        >
          {curve.short}
        </span>
      ))}
      {named.map(({ curve, last }, k) => (
        <span key={curve.key} className="end-label" style={{ top: nameTops[k], left: indent, color: `var(${curve.colour})` }}>
          <strong>{describe((index === null ? null : curve.values[index]) ?? last)}</strong>{' '}
          <span>{kind === 'large' ? curve.name : curve.short}</span>
        </span>
      ))}
    </div>
  );
}
