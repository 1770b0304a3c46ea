/** Paper to draw on with pointer, pen or finger. */

import { useEffect, useEffectEvent, useRef, useState } from 'react';
import './DrawingPad.css';

interface DrawingPadProps {
  /** Width by height of the paper. */
  readonly ratio: number;
  /** Whether one draws with light on dark paper. */
  readonly dark: boolean;
  /** Whether the pen's colour can be chosen. */
  readonly colours: boolean;
  /** Told of every stroke as it grows, and null when the paper is wiped. */
  readonly onDrawn: (paper: HTMLCanvasElement | null) => void;
}

/** Pixels of the paper's width. */
const SIDE = 280;
/** How wide a stroke is: as MNIST's digits are written. */
const PEN = SIDE / 13;

export function DrawingPad({ ratio, dark, colours, onDrawn }: DrawingPadProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const last = useRef<{ readonly x: number; readonly y: number } | null>(null);
  const [ink, setInk] = useState<string | null>(null);
  const height = Math.round(SIDE / ratio);
  const pen = () => canvas.current?.getContext('2d', { willReadFrequently: true }) ?? null;

  const wipe = () => {
    const context = pen();
    if (!context) return;
    context.fillStyle = dark ? '#000' : '#fff';
    context.fillRect(0, 0, SIDE, height);
    onDrawn(null);
  };
  const begin = useEffectEvent(wipe);
  useEffect(() => begin(), [dark, height]);

  const draw = (event: React.PointerEvent<HTMLCanvasElement>) => {
    const context = pen();
    if (!context || !last.current) return;
    const to = placeOf(event);
    Object.assign(context, { strokeStyle: ink ?? (dark ? '#fff' : '#000'), lineWidth: PEN, lineCap: 'round' });
    context.beginPath();
    context.moveTo(last.current.x, last.current.y);
    context.lineTo(to.x, to.y);
    context.stroke();
    last.current = to;
    onDrawn(event.currentTarget);
  };

  return (
    <div className="drawing-pad">
      <canvas
        ref={canvas}
        width={SIDE}
        height={height}
        role="img"
        aria-label="Paper to draw on"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          last.current = placeOf(event);
          draw(event);
        }}
        onPointerMove={draw}
        onPointerUp={() => (last.current = null)}
        onPointerCancel={() => (last.current = null)}
      />
      <p className="small">
        <button type="button" className="link" onClick={wipe}>
          Wipe
        </button>
        {colours && (
          <label>
            Pen <input type="color" value={ink ?? (dark ? '#ffffff' : '#000000')} onChange={({ target }) => setInk(target.value)} />
          </label>
        )}
      </p>
    </div>
  );
}

/** Where on the paper, in its pixels. */
function placeOf({ currentTarget, clientX, clientY }: React.PointerEvent<HTMLCanvasElement>): { x: number; y: number } {
  const { left, top, width, height } = currentTarget.getBoundingClientRect();
  return { x: ((clientX - left) / width) * currentTarget.width, y: ((clientY - top) / height) * currentTarget.height };
}
