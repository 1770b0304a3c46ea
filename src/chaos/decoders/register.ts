/** A room's register while its run is on: members tell it each other, and a bookmark has it. */

import type { RoomRegister } from '../../protocol/register.ts';
import { defaultSettings } from '../../settings/settings.ts';

const write = { version: 2, author: 'a' };

export const register: RoomRegister = {
  ...write,
  settings: defaultSettings(),
  run: { ...write, id: 'r', founders: ['a'], digest: '', scale: null, samples: 4, joined: ['b'], turns: 1, end: null },
};
