/** Pictures of one class from the camera, one a press. */

import { useEffect, useId, useRef, useState } from 'react';
import { MAX_CLASS_NAME } from '../../../src/data/dataset.ts';
import { pictureOf, useCamera } from '../../ui/useCamera.ts';
import { usePage } from '../../usePage.ts';
import './Camera.css';

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
    const file = await pictureOf(video.current);
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
