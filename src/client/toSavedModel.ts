/** A model that was learned here, with the card that says how. */

import { ModelFileError, type SavedModel, type Task } from '../export/savedModel.ts';
import { countOf } from '../ntk/tally.ts';
import type { LearnedModel } from './learned.ts';
import type { ClientView } from './view.ts';

/** What is told of a model beside its weights. */
export interface Circumstances extends Pick<ClientView, 'summaries'> {
  /** What it is given. */
  readonly task: Task;
  readonly classes: readonly string[];
  readonly versions: Readonly<Record<string, string>>;
}

/** @param model null where there is none. @throws {ModelFileError} when no round has ended. */
export function toSavedModel(model: LearnedModel | null, { summaries, task, classes, versions }: Circumstances): SavedModel {
  if (!model) throw new ModelFileError('There is no model to save before a round has ended.');
  const { settings } = model;
  const summary = summaries.find(({ round }) => round === model.rounds - 1);
  const scores =
    model.of === 'averaged' && summary
      ? { ...summary.averaged, samples: countOf(summary), on: settings.task ? ('held-out' as const) : settings.scoreOn }
      : null;
  return {
    card: {
      format: 'sparkmesh-model/1',
      task,
      classes: [...classes],
      convolutions: task.kind === 'images' ? settings.convolutions : [],
      hidden: settings.hidden,
      weights: model.of,
      rounds: model.rounds,
      participants: model.participants,
      scores,
      settings,
      versions: { ...versions },
    },
    weights: model.weights,
  };
}
