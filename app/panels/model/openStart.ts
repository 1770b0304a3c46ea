/** A saved model that the room is to go on from. */

import { weightsDigest } from '../../../src/export/digest.ts';
import { misfitOf } from '../../../src/export/misfit.ts';
import { readModel } from '../../../src/export/modelFiles.ts';
import { ModelFileError } from '../../../src/export/savedModel.ts';
import type { Settings } from '../../../src/settings/settings.ts';
import type { Page } from '../../store.ts';
import { modelBytes } from './modelBytes.ts';
import { inputsOf } from './inputsOf.ts';

export interface Start {
  readonly weights: Float32Array;
  /** What the room's settings say of it. */
  readonly settings: Pick<Settings, 'hidden' | 'convolutions' | 'initialModel'>;
}

/**
 * @param file the model's.
 * @param settings of the room, whose data it has to fit.
 * @throws an error with a sentence for people: of a file that is no model, of one for other data, or where the data are not known.
 */
export async function openStart(file: File, settings: Settings, fetchInputs: Page['inputs']): Promise<Start> {
  const { card, weights } = readModel(await modelBytes(file), file.name);
  const { task, classes } = await inputsOf(settings, fetchInputs);
  const misfit = misfitOf(card, file.name, { task, classNames: classes, name: settings.task ? 'the room' : settings.dataset });
  if (misfit) throw new ModelFileError(`${misfit.why}; choose data of ${misfit.need}, or another model.`);
  return { weights, settings: { hidden: card.hidden, convolutions: card.convolutions, initialModel: weightsDigest(weights) } };
}
