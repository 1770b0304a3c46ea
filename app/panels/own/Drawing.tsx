/** Drawings of one class, one a press. */

import { useRef, useState } from 'react';
import { DrawingPad } from '../../ui/DrawingPad.tsx';
import { CaptureForm } from './CaptureForm.tsx';

const fileOf = (blob: Blob) => new File([blob], `drawing ${new Date().toISOString().replaceAll(':', '.')}.png`);

export function Drawing() {
  const paper = useRef<HTMLCanvasElement>(null);
  const [isDrawn, setDrawn] = useState(false);
  /** How many were kept: each has new paper. */
  const [kept, setKept] = useState(0);
  const take = async () => {
    const blob = await new Promise<Blob | null>((resolve) => {
      if (paper.current) paper.current.toBlob(resolve);
      else resolve(null);
    });
    setKept(kept + 1);
    return blob && fileOf(blob);
  };
  return (
    <CaptureForm action="Keep this drawing" ready={isDrawn} take={take}>
      <DrawingPad
        key={kept}
        ratio={1}
        dark={false}
        colours
        onDrawn={(drawn) => {
          paper.current = drawn;
          setDrawn(drawn !== null);
        }}
      />
    </CaptureForm>
  );
}
