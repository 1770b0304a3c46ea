import { useEffect, useRef } from 'react';

interface ThumbnailProps {
  /** width * height grey bytes, row-major, 0 is the background. */
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly name: string;
}

/** One image: its grey value is the opacity of the ink, so that it reads on light and dark paper. */
export function Thumbnail({ pixels, width, height, name }: ThumbnailProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const image = context.createImageData(width, height);
    pixels.forEach((grey, i) => {
      image.data[4 * i + 3] = grey;
    });
    context.putImageData(image, 0, 0);
  }, [pixels, width, height]);
  return <canvas ref={canvas} width={width} height={height} role="img" aria-label={name} title={name} />;
}
