/** What a model of the room is given, once it is known. */

import { useEffect, useState } from 'react';
import type { Settings } from '../../../src/settings/settings.ts';
import { usePage, useView } from '../../usePage.ts';
import { inputsOf, type Inputs } from './inputsOf.ts';
import { reasonOf } from '../../reasonOf.ts';

export type Found =
  | { readonly kind: 'looking' }
  | { readonly kind: 'found'; readonly inputs: Inputs }
  /** In a sentence for people. */
  | { readonly kind: 'unknown'; readonly why: string };

/** @param settings of the run that the model is of. */
export function useInputs({ dataset, task }: Pick<Settings, 'dataset' | 'task'>): Found {
  const fetchInputs = usePage((page) => page.inputs);
  const scale = useView((view) => view.scale);
  const [found, setFound] = useState<Found>({ kind: 'looking' });
  useEffect(() => {
    let isOver = false;
    const tell = (now: Found) => {
      if (!isOver) setFound(now);
    };
    inputsOf({ dataset, task }, fetchInputs, scale).then(
      (inputs) => tell({ kind: 'found', inputs }),
      (error: unknown) => tell({ kind: 'unknown', why: reasonOf(error) }),
    );
    return () => {
      isOver = true;
    };
  }, [task, dataset, scale, fetchInputs]);
  return found;
}
