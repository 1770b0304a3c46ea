/** Who is here as dots on a ring, and the place that is free for the visitor. */

import './PresencePicture.css';

/** Most dots that are drawn; beyond that the sentence beside the picture counts. */
const MOST = 24;
const RADIUS = 130;

export function PresencePicture({ present }: { present: number }) {
  const shown = Math.min(present, MOST);
  const places = Array.from({ length: shown + 1 }, (_, k) => {
    // The visitor's place, k = 0, is at the left, as this tab's own node is later on.
    const angle = Math.PI + (2 * Math.PI * k) / (shown + 1);
    const radius = shown === 0 ? 0 : RADIUS;
    return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) };
  });
  const [visitor, ...others] = places;
  const loop = places.map(({ x, y }) => `${x},${y}`).join(' ');
  return (
    <svg className="presence-picture" viewBox="-180 -180 360 360" aria-hidden="true">
      {shown > 0 && <polygon points={loop} className="ring" />}
      {others.map(({ x, y }, k) => (
        <circle key={k} cx={x} cy={y} r={shown > 12 ? 9 : 14} className="dot" />
      ))}
      {visitor && (
        <g className="free" transform={`translate(${visitor.x} ${visitor.y})`}>
          <circle r={24} />
          <text dy="0.36em">you</text>
        </g>
      )}
    </svg>
  );
}
