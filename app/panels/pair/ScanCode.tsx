/** Reads a QR code with the camera, until it has one. */

import { useEffect, useEffectEvent } from 'react';
import decodeQR from 'qr/decode.js';
import { useCamera } from '../../ui/useCamera.ts';

/** How often it looks, ms. */
const LOOK_MS = 250;

/** What the code in a video's present frame says; null where there is none. */
function codeIn(video: HTMLVideoElement, canvas: OffscreenCanvas): string | null {
  const { videoWidth: width, videoHeight: height } = video;
  if (width === 0 || height === 0) return null;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return null;
  context.drawImage(video, 0, 0);
  try {
    return decodeQR({ width, height, data: context.getImageData(0, 0, width, height).data });
  } catch {
    // Most frames show none, or not all of it.
    return null;
  }
}

export default function ScanCode({ onCode }: { onCode: (code: string) => void }) {
  const { film, video } = useCamera();
  const found = useEffectEvent(onCode);
  useEffect(() => {
    if (film.kind !== 'on') return undefined;
    const canvas = new OffscreenCanvas(1, 1);
    const timer = setInterval(() => {
      const code = video.current && codeIn(video.current, canvas);
      if (code === null) return;
      clearInterval(timer);
      found(code);
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [film, video]);
  if (film.kind === 'refused') return <p role="alert">{film.why}</p>;
  return <video ref={video} autoPlay muted playsInline aria-label="What the camera sees" />;
}
