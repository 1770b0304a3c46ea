/** What this page is built from, for the cards of the models that it saves. */

import { version as tfjs } from '@tensorflow/tfjs/package.json';
import { version as sparkmesh } from '../package.json';

export const versions = { sparkmesh, tfjs } as const;
