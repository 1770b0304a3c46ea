import { expect, it } from 'vitest';
import type { BackendChoice } from '../backend/backend.ts';
import { defaultSettings } from '../settings/settings.ts';
import { TaskError } from '../task/taskError.ts';
import { Preparation } from './preparation.ts';
import type { ProblemSource } from './problem.ts';

const choice: BackendChoice = { view: { name: 'cpu', reason: '', adapter: '' }, isSoftware: false, alternatives: [] };
const settingsOf = (hidden: number) => ({ ...defaultSettings(), hidden: [hidden] });

/** A source of which each fetch takes until it is let go, and that has data for nobody. */
function slowSource() {
  const fetches: string[] = [];
  const letGo: (() => void)[] = [];
  const source: ProblemSource = {
    async problem({ hidden }, _number, onStep) {
      for (const of of ['training', 'test']) {
        onStep(`${of} ${hidden.join()}`);
        fetches.push(`${of} ${hidden.join()}`);
        await new Promise<void>((resolve) => letGo.push(resolve));
      }
      throw new TaskError('There are no data.');
    },
    graph: () => [],
  };
  return { source, fetches, letGo };
}

it('fetches nothing for settings that were others before the backend was ready', async () => {
  const { source, fetches, letGo } = slowSource();
  const preparation = new Preparation(
    () => Promise.resolve(choice),
    source,
    () => undefined,
  );
  const first = preparation.prepare(settingsOf(8), 0);
  const second = preparation.prepare(settingsOf(16), 0);
  expect(await first).toEqual({ kind: 'superseded' });
  await expect.poll(() => fetches).toEqual(['training 16']);
  letGo.shift()!();
  await expect.poll(() => fetches).toEqual(['training 16', 'test 16']);
  letGo.shift()!();
  expect(await second).toEqual({ kind: 'refused', why: 'There are no data.' });
});

it('fetches no more when the settings change meanwhile, and shows what the newest wait for', async () => {
  const { source, fetches, letGo } = slowSource();
  const steps: string[] = [];
  const preparation = new Preparation(
    () => Promise.resolve(choice),
    source,
    (step) => steps.push(step),
  );
  const first = preparation.prepare(settingsOf(8), 0);
  await expect.poll(() => fetches).toEqual(['training 8']);
  const second = preparation.prepare(settingsOf(16), 0);
  await expect.poll(() => fetches).toEqual(['training 8', 'training 16']);
  for (const go of letGo.splice(0)) go();
  expect(await first).toEqual({ kind: 'superseded' });
  await expect.poll(() => letGo.length).toBe(1);
  letGo[0]!();
  expect((await second).kind).toBe('refused');
  expect(fetches).toEqual(['training 8', 'training 16', 'test 16']);
  expect(steps).toEqual(['training 8', 'training 16', 'test 16', 'waiting for data of your own']);
});
