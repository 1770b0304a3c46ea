/** Pictures of one class from the camera, one a press. */

import { useEffect, useId, useRef, useState } from 'react';
import { MAX_CLASS_NAME } from '../../../src/data/dataset.ts';
import { usePage } from '../../usePage.ts';
import './Camera.css';

type Film =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'on'; readonly stream: MediaStream }
  | { readonly kind: 'refused'; readonly why: string };

function refusalOf(error: unknown): string {
  if (error instanceof DOMException && error.name === 'NotFoundError') return 'There is no camera here; choose pictures instead.';
  return 'The browser gives no camera; allow it in the address bar, or choose pictures instead.';
}

function useCamera(): Film {
  const [film, setFilm] = useState<Film>({ kind: 'waiting' });
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
  return film;
}

async function picture(video: HTMLVideoElement): Promise<File> {
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  const blob = await canvas.convertToBlob({ type: 'image/png' });
  return new File([blob], `camera ${new Date().toISOString().replaceAll(':', '.')}.png`);
}

export function Camera() {
  const give = usePage((page) => page.give);
  const film = useCamera();
  const video = useRef<HTMLVideoElement>(null);
  const [label, setLabel] = useState('');
  const id = useId();
  useEffect(() => {
    if (film.kind === 'on' && video.current) video.current.srcObject = film.stream;
  }, [film]);

  if (film.kind === 'refused') return <p role="alert">{film.why}</p>;
  const take = async () => {
    if (!video.current) return;
    const file = await picture(video.current);
    give([{ path: file.name, file }], label);
  };
  return (
    <form
      className="camera"
      onSubmit={(event) => {
        event.preventDefault();
        void take();
      }}
    >
      <video ref={video} autoPlay muted playsInline aria-label="What the camera sees" />
      <p>
        <label htmlFor={id}>It shows</label>
        <input
          id={id}
          value={label}
          maxLength={MAX_CLASS_NAME}
          placeholder="for example: cup"
          onChange={(event) => setLabel(event.target.value)}
        />
        <button type="submit" className="action" disabled={film.kind !== 'on' || label.trim() === ''}>
          Take a picture
        </button>
      </p>
    </form>
  );
}
