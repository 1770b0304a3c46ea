/** Pictures of one class from the camera, one a press. */

import { pictureOf, useCamera } from '../../ui/useCamera.ts';
import { CaptureForm } from './CaptureForm.tsx';

export function Camera() {
  const { film, video } = useCamera();
  if (film.kind === 'refused') return <p role="alert">{film.why}</p>;
  const take = async () => (video.current ? pictureOf(video.current) : null);
  return (
    <CaptureForm action="Take a picture" ready={film.kind === 'on'} take={take}>
      <video ref={video} autoPlay muted playsInline aria-label="What the camera sees" />
    </CaptureForm>
  );
}
