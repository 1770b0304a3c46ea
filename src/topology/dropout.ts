/** Who takes no part in a round. */

import { randomStream } from '../math/random.ts';
import type { Settings } from '../settings/settings.ts';

/** Whether client number `client` takes no part in a round. Everyone can tell, as of a neighbour whose channel is gone. */
export function dropsOut({ seed, dropout }: Pick<Settings, 'seed' | 'dropout'>, client: number, round: number): boolean {
  return dropout > 0 && randomStream(seed, 'dropout', client, round).uniform() < dropout;
}
