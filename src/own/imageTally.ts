/** Counts what became of a person's image files, one after the other. */

import type { ImageForm } from '../data/formats/formedImage.ts';
import { LeftOutList, type Reading } from '../data/formats/reading.ts';
import type { OwnImages, Preview } from './ownData.ts';
import type { SeenFile } from './ownStore.ts';

/** Images of a class that are shown, at most. */
const CLASS_PREVIEWS = 6;

/** Classes of which images are shown, at most. */
const PREVIEWED_CLASSES = 24;

export class ImageTally {
  readonly #rows = new Map<string, number>();
  readonly #leftOut = new LeftOutList();
  readonly #previews = new Map<string, Preview[]>();

  constructor(private readonly form: ImageForm) {}

  /** If an image of the class would be shown. */
  wantsPreview(label: string): boolean {
    const shown = this.#previews.get(label);
    return shown ? shown.length < CLASS_PREVIEWS : this.#previews.size < PREVIEWED_CLASSES;
  }

  /** @param values the image's row, if there is one and it is at hand. */
  add({ path, outcome }: SeenFile, values: Uint8Array | null): void {
    if (outcome.kind === 'left out') return this.#leftOut.add(outcome.what, path, outcome.why);
    const { label } = outcome;
    this.#rows.set(label, (this.#rows.get(label) ?? 0) + 1);
    if (!values || !this.wantsPreview(label)) return;
    this.#previews.set(label, [...(this.#previews.get(label) ?? []), { label, values }]);
  }

  get images(): number {
    return [...this.#rows.values()].reduce((sum, rows) => sum + rows, 0);
  }

  /** What has been added up to now. */
  data(): OwnImages {
    const classes = Array.from(this.#rows, ([name, rows]) => ({ name, rows })).sort((a, b) => (a.name < b.name ? -1 : 1));
    const reading: Reading = {
      kind: 'images',
      rows: this.images,
      classes,
      columns: [],
      dialect: null,
      leftOut: this.#leftOut.all(),
      notes: [],
    };
    return { kind: 'images', from: 'files', form: this.form, reading, previews: [...this.#previews.values()].flat() };
  }
}
