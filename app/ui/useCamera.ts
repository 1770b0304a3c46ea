/** The camera of this device. */

import { useEffect, useRef, useState, type RefObject } from 'react';

type Film =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'on'; readonly stream: MediaStream }
  | { readonly kind: 'refused'; readonly why: string };

function refusalOf(error: unknown): string {
  if (error instanceof DOMException && error.name === 'NotFoundError') return 'There is no camera here; choose pictures instead.';
  return 'The browser gives no camera; allow it in the address bar, or choose pictures instead.';
}

/** Opens the camera, and closes it when it is not wanted any more. @returns with the film the video that is to show it. */
export function useCamera(): { readonly film: Film; readonly video: RefObject<HTMLVideoElement | null> } {
  const [film, setFilm] = useState<Film>({ kind: 'waiting' });
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    let closed = false;
    let opened: MediaStream | null = null;
    const stop = () => opened?.getTracks().forEach((track) => track.stop());
    navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } }).then(
      (stream) => {
        opened = stream;
        if (closed) stop();
        else setFilm({ kind: 'on', stream });
      },
      (error: unknown) => setFilm({ kind: 'refused', why: refusalOf(error) }),
    );
    return () => {
      closed = true;
      stop();
    };
  }, []);
  useEffect(() => {
    if (film.kind === 'on' && video.current) video.current.srcObject = film.stream;
  }, [film]);
  return { film, video };
}

/** What a video shows now, as a file. */
export async function pictureOf(video: HTMLVideoElement): Promise<File> {
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  const blob = await canvas.convertToBlob({ type: 'image/png' });
  return new File([blob], `camera ${new Date().toISOString().replaceAll(':', '.')}.png`);
}
