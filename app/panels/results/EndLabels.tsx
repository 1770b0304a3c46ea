import type { Curve, Curves } from './curves.ts';
import { spread } from './spread.ts';

interface EndLabelsProps {
  readonly data: Curves;
  /** The point under the pointer, whose values the labels then tell; null for the last. */
  readonly index: number | null;
  readonly kind: 'large' | 'small';
  /** Where the lines end, px. */
  readonly left: number;
  readonly height: number;
  /** Vertical place of a value, px. */
  readonly place: (value: number) => number;
  readonly describe: (value: number) => string;
}

/** Smallest distances of labels, and of the marks of other clients, px. */
const gaps = { large: 35, small: 16 } as const;
const MARK_GAP = 15;

function lastValue({ values }: Curve): number | null {
  return values.findLast((value) => typeof value === 'number') ?? null;
}

/** Names and values at the lines' ends, moved apart where they would overlap; the number of its client for a thin line. */
export function EndLabels({ data, index, kind, left, height, place, describe }: EndLabelsProps) {
  const ends = data.curves.flatMap((curve) => {
    const end = lastValue(curve);
    return end === null ? [] : [{ curve, end, y: place(end) }];
  });
  const others = ends.filter(({ curve }) => curve.kind === 'other');
  const main = ends.filter(({ curve }) => curve.kind !== 'other');
  const marks = spread(
    others.map(({ y }) => y),
    MARK_GAP,
    MARK_GAP / 2,
    height - MARK_GAP / 2,
  );
  const places = spread(
    main.map(({ y }) => y),
    gaps[kind],
    gaps[kind] / 2,
    height - gaps[kind] / 2,
  );
  const indent = others.length > 0 ? 24 : 6;
  return (
    <div className="end-labels" style={{ left }} aria-hidden="true">
      {others.map(({ curve }, k) => (
        <span
          key={curve.key}
          className="end-mark"
          style={{ top: marks[k], background: `var(${curve.colour})`, color: `var(${curve.colour}-ink)` }}
        >
          {curve.name}
        </span>
      ))}
      {main.map(({ curve, end }, k) => (
        <span key={curve.key} className="end-label" style={{ top: places[k], left: indent, color: `var(${curve.colour})` }}>
          <strong>{describe((index === null ? null : curve.values[index]) ?? end)}</strong>{' '}
          <span>{kind === 'large' ? curve.name : curve.short}</span>
        </span>
      ))}
    </div>
  );
}
