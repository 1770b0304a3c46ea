/** Live lines on a canvas, with a label at each line's end; under a pointer the labels tell that point's values. */

import { useRef, useState } from 'react';
import type { GlossaryTerm } from '../../glossary.ts';
import { Term } from '../../ui/Term.tsx';
import { useSize } from '../../ui/useSize.ts';
import type { Axis } from './axes.ts';
import './Chart.css';
import type { Curves } from './curves.ts';
import { EndLabels } from './EndLabels.tsx';
import { frameOf, gutters } from './frame.ts';
import { Plot } from './Plot.tsx';

interface ChartProps {
  readonly title: string;
  readonly term: GlossaryTerm;
  /** The chart's latest values in words: its text alternative. */
  readonly summary: string;
  readonly data: Curves;
  readonly x: Axis;
  readonly y: Axis;
  /** `large` labels have their name under the value, and clients' marks beside them. */
  readonly labels: 'large' | 'small';
  /** Charts of one group move their cursors together. */
  readonly group: string;
  /** The key of the line to emphasise. */
  readonly highlight?: string | undefined;
}

export function Chart({ title, term, summary, data, x, y, labels, group, highlight }: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const size = useSize(host);
  const [hovered, setHovered] = useState<number | null>(null);
  const at = hovered === null ? undefined : data.x[hovered];
  const gutter = gutters[labels];
  return (
    <figure className={`chart ${labels}`}>
      <figcaption>
        <h3>
          <Term of={term}>{title}</Term>
        </h3>
        <span className="small quiet">{at !== undefined && x.describe(at)}</span>
      </figcaption>
      <div ref={host} className="plot" role="img" aria-label={`${title}. ${summary}`}>
        {size && (
          <>
            <Plot data={data} size={size} x={x} y={y} gutter={gutter} group={group} highlight={highlight} onHover={setHovered} />
            <EndLabels
              data={data}
              index={at === undefined ? null : hovered}
              kind={labels}
              frame={frameOf(size, gutter, x, y)}
              describe={y.describe}
            />
          </>
        )}
      </div>
    </figure>
  );
}
