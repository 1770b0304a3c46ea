/** A small picture from its bytes. */

import { useEffect, useRef } from 'react';
import type { ImageForm } from '../../src/data/formats/formedImage.ts';
import './Picture.css';

interface PictureProps {
  /** height x width x channels bytes, row-major. */
  readonly values: Uint8Array;
  readonly form: ImageForm;
  readonly name: string;
}

export function Picture({ values, form: { size, channels }, name }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = size;
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const image = context.createImageData(width, height);
    for (let i = 0; i < width * height; i++) {
      const [red = 0, green = red, blue = red] = values.subarray(i * channels, (i + 1) * channels);
      image.data.set([red, green, blue, 255], 4 * i);
    }
    context.putImageData(image, 0, 0);
  }, [values, width, height, channels]);
  return <canvas ref={canvas} className="picture" width={width} height={height} role="img" aria-label={name} />;
}
