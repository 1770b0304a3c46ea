/** What pictures become: their size, and if they keep their colours. A change reads them again. */

import type { ImageForm } from '../../../src/data/formats/formedImage.ts';
import { usePage } from '../../usePage.ts';
import { Choice } from '../settings/Choice.tsx';

const sides = ['16', '28', '32', '48', '64'] as const;
const sideNames = { 16: '16', 28: '28', 32: '32', 48: '48', 64: '64' } as const;
const channelNames = { 1: 'grey', 3: 'colour' } as const;

/** @param again whether they are at hand to be read again. */
export function ImageFormFields({ again }: { again: boolean }) {
  const form = usePage(({ ownForm }) => ownForm);
  const readAs = usePage((page) => page.readAs);
  const { size, channels } = form.image;
  if (!again) {
    return (
      <p className="small quiet">
        Read as {size.width} × {size.height} pixels in {channelNames[channels]}. To change that start over, and give them again: the files
        themselves are not kept.
      </p>
    );
  }
  const change = (image: ImageForm) => readAs({ ...form, image });
  const side = sides.find((one) => Number(one) === size.width) ?? '32';
  return (
    <div className="table-choices">
      <Choice
        label="Pixels a side"
        values={sides}
        names={sideNames}
        value={side}
        onChange={(chosen) => change({ ...form.image, size: { width: Number(chosen), height: Number(chosen) } })}
      />
      <Choice
        label="Read in"
        values={['3', '1']}
        names={channelNames}
        value={channels === 3 ? '3' : '1'}
        onChange={(chosen) => change({ ...form.image, channels: chosen === '3' ? 3 : 1 })}
      />
    </div>
  );
}
