/** Owns one uPlot: new data and sizes go into it; other lines, axes or colours make a new one. */

import { useEffect, useEffectEvent, useMemo, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useMedia } from '../../ui/useMedia.ts';
import type { Size } from '../../ui/useSize.ts';
import type { Axis } from './axes.ts';
import type { Curve, Curves } from './curves.ts';
import { BOTTOM, LEFT, TOP } from './frame.ts';
import { HIGHLIT, lookOf } from './looks.ts';
import './Plot.css';

interface PlotProps {
  readonly data: Curves;
  readonly size: Size;
  readonly x: Axis;
  readonly y: Axis;
  readonly gutter: number;
  readonly group: string;
  readonly highlight: string | undefined;
  readonly onHover: (index: number | null) => void;
}

export function Plot({ data, size, x, y, gutter, group, highlight, onHover }: PlotProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const dark = useMedia('(prefers-color-scheme: dark)');
  const aligned = useMemo<uPlot.AlignedData>(() => [[...data.x], ...data.curves.map(({ values }) => [...values])], [data]);

  const make = useEffectEvent((element: HTMLElement) => {
    const style = getComputedStyle(element);
    const colour = (token: string) => style.getPropertyValue(token).trim();
    const axis: uPlot.Axis = { stroke: colour('--quiet'), font: `11px ${style.fontFamily}`, ticks: { show: false } };
    return new uPlot(
      {
        ...size,
        padding: [TOP, gutter, 0, 0],
        legend: { show: false },
        scales: { x: { time: false, range: [0, x.max] }, y: { range: [0, y.max] } },
        axes: [
          {
            ...axis,
            size: BOTTOM,
            gap: 6,
            grid: { show: false },
            splits: [...x.ticks],
            values: (_, ticks) => ticks.map(x.formatTick),
          },
          {
            ...axis,
            size: LEFT,
            gap: 8,
            grid: { stroke: colour('--line'), width: 1 },
            splits: [...y.ticks],
            values: (_, ticks) => ticks.map(y.formatTick),
          },
        ],
        cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 }, sync: { key: group } },
        hooks: { setCursor: [({ cursor }) => onHover(cursor.idx ?? null)] },
        series: [{}, ...data.curves.map((curve) => series(curve, colour(curve.colour), curve.key === highlight))],
      },
      aligned,
      element,
    );
  });

  // All that the options depend on, as text: it changes only when another plot is needed.
  const lines = data.curves.map(({ key, colour }) => [key, colour]);
  const shape = JSON.stringify([lines, x.max, x.ticks, y.max, gutter, dark, highlight]);
  useEffect(() => {
    if (!host.current) return undefined;
    const made = make(host.current);
    plot.current = made;
    return () => made.destroy();
  }, [shape]);
  useEffect(() => plot.current?.setData(aligned), [aligned]);
  useEffect(() => plot.current?.setSize(size), [size]);

  return <div ref={host} aria-hidden="true" />;
}

function series({ kind }: Curve, stroke: string, highlit: boolean): uPlot.Series {
  const { width, alpha, dash } = { ...lookOf(kind), ...(highlit && HIGHLIT) };
  return { stroke, width, alpha, spanGaps: true, points: { show: false }, ...(dash && { dash: [...dash] }) };
}
