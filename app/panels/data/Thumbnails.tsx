/** Some of this client's images. */

import { memo, useEffect, useRef } from 'react';
import type { ShareView } from '../../../src/client/view.ts';
import { isInk } from './ink.ts';
import './Thumbnails.css';

export const Thumbnails = memo(function Thumbnails({ share: { previews, width, height, classNames } }: { share: ShareView }) {
  const ink = isInk(previews.map(({ pixels }) => pixels));
  return (
    <ul className={`thumbnails ${ink ? 'ink' : ''}`} aria-label="Some of my images">
      {previews.map(({ label, pixels }, k) => (
        <li key={k}>
          <Thumbnail pixels={pixels} width={width} height={height} ink={ink} name={classNames[label] ?? `class ${label}`} />
        </li>
      ))}
    </ul>
  );
});

interface ThumbnailProps {
  /** width * height grey bytes, row-major. */
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Whether 0 is empty paper and grey is the opacity of the ink, so that it reads on light and dark paper; else 0 is black. */
  readonly ink: boolean;
  readonly name: string;
}

function Thumbnail({ pixels, width, height, ink, name }: ThumbnailProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const image = context.createImageData(width, height);
    pixels.forEach((grey, i) => image.data.set(ink ? [0, 0, 0, grey] : [grey, grey, grey, 255], 4 * i));
    context.putImageData(image, 0, 0);
  }, [pixels, width, height, ink]);
  return <canvas ref={canvas} width={width} height={height} role="img" aria-label={name} title={name} />;
}
