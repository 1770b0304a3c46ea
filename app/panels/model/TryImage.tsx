/** A model of images, asked of a drawing, of a file or of what the camera sees. Nothing of it leaves this tab. */

import { useState } from 'react';
import { formedImage, type ImageForm } from '../../../src/data/formats/formedImage.ts';
import { ImageError } from '../../../src/data/formats/image.ts';
import type { Answer } from '../../../src/export/classify.ts';
import type { Task } from '../../../src/export/savedModel.ts';
import { decodeFile } from '../../../src/own/files.ts';
import type { GivenFile } from '../../../src/own/ownData.ts';
import { ChooseFile } from '../../ui/ChooseFile.tsx';
import { DrawingPad } from '../../ui/DrawingPad.tsx';
import { Picture } from '../../ui/Picture.tsx';
import { pictureOf, useCamera } from '../../ui/useCamera.ts';
import { useDroppedFile } from '../../ui/useDropped.ts';
import { AnswerList } from './AnswerList.tsx';

type ImageTask = Extract<Task, { kind: 'images' }>;

interface TryImageProps {
  readonly task: ImageTask;
  readonly classes: readonly string[];
  readonly ask: (input: ArrayLike<number>) => Answer;
}

function LookThrough({ onPicture }: { onPicture: (file: File) => void }) {
  const { film, video } = useCamera();
  if (film.kind === 'refused') return <p role="alert">{film.why}</p>;
  return (
    <div className="look-through">
      <video ref={video} autoPlay muted playsInline aria-label="What the camera sees" />
      <button
        type="button"
        className="action"
        disabled={film.kind !== 'on'}
        onClick={() => {
          if (video.current) void pictureOf(video.current).then(onPicture);
        }}
      >
        Ask of this
      </button>
    </div>
  );
}

/** Most of what such a model has seen is dark: it knows light strokes on dark paper. */
const knowsDarkPaper = ({ mean, channels }: ImageTask) => mean.reduce((sum, value) => sum + value, 0) / channels < 128;

export function TryImage({ task, classes, ask }: TryImageProps) {
  const [asked, setAsked] = useState<Uint8Array | null>(null);
  const [isSwapped, setSwapped] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [isLooking, setLooking] = useState(false);
  const [isOver, setOver] = useState(false);
  const { width, height, channels } = task;
  const form: ImageForm = { size: { width, height }, channels };

  const read = async (given: GivenFile) => {
    try {
      setAsked(formedImage(await decodeFile(given), form));
      setProblem(null);
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      setProblem(`${given.path} is no picture that this browser can show (${error.message}); choose a PNG, JPEG, WebP, GIF or AVIF.`);
    }
  };
  const readFile = (file: File) => void read({ path: file.name, file });
  const readDrawing = (paper: HTMLCanvasElement | null) => {
    setProblem(null);
    setSwapped(false);
    const { width: across = 0, height: down = 0 } = paper ?? {};
    const image = paper?.getContext('2d')?.getImageData(0, 0, across, down);
    setAsked(image ? formedImage(image, form) : null);
  };
  useDroppedFile(read, setOver);

  const values = asked && isSwapped ? asked.map((value) => 255 - value) : asked;
  return (
    <div className={`try ${isOver ? 'over' : ''}`}>
      <div>
        <DrawingPad ratio={width / height} dark={knowsDarkPaper(task)} colours={channels === 3} onDrawn={readDrawing} />
      </div>
      <div>
        {problem !== null && <p role="alert">{problem}</p>}
        {values ? (
          <>
            <AnswerList answer={ask(values)} classes={classes} />
            <p className="try-seen small">
              <Picture values={values} form={form} name="What the model sees" />
              <span className="quiet">What the model sees</span>
              <label className="check">
                <input type="checkbox" checked={isSwapped} onChange={({ target }) => setSwapped(target.checked)} />
                swap light and dark
              </label>
            </p>
          </>
        ) : (
          problem === null && <p className="quiet">Draw something, or drop, paste or choose a picture. It stays in this tab.</p>
        )}
      </div>
      <div className="try-ways">
        <ChooseFile label="Choose a picture" accept="image/*" onFile={readFile} />
        <button type="button" className="action" aria-expanded={isLooking} onClick={() => setLooking(!isLooking)}>
          {isLooking ? 'Close the camera' : 'Use the camera'}
        </button>
        {isLooking && <LookThrough onPicture={readFile} />}
      </div>
    </div>
  );
}
