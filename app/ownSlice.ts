/** The part of the page's store that is a person's own data: what is kept, what is being read, and what a person says of it. */

import {
  defaultForm,
  type FromReader,
  type GivenFile,
  type KeptData,
  type OwnData,
  type OwnForm,
  type ReadingProgress,
  type Refusal,
} from '../src/own/ownData.ts';
import type { Find } from '../src/own/dropped.ts';
import type { Task } from '../src/settings/task.ts';
import { formFor } from '../src/task/fit.ts';
import { reasonOf } from './reasonOf.ts';

/** Own data in this browser, and how more of it is read. */
export interface OwnShelf {
  kept(): Promise<KeptData | null>;
  forget(): Promise<void>;
  /** Reads files, or the table that is kept in another way; returns how to end it. */
  read(files: readonly GivenFile[], form: OwnForm, tell: (message: FromReader) => void): () => void;
}

export type OwnState =
  /** Nobody knows yet what is kept. */
  | { readonly kind: 'looking' }
  | { readonly kind: 'empty' }
  /** Files are being looked for in what was given. */
  | { readonly kind: 'finding'; readonly found: number }
  | { readonly kind: 'reading'; readonly progress: ReadingProgress | null; readonly data: OwnData | null }
  /** Images in no folder: of which class are they? */
  | { readonly kind: 'asked'; readonly images: number }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** Whether it can be read `again` in another form, or `onward` to its end, without being given again. */
  | { readonly kind: 'kept'; readonly kept: KeptData; readonly again: boolean; readonly onward: boolean };

export interface OwnSlice {
  readonly own: OwnState;
  readonly ownForm: OwnForm;
  /** Whether the camera is open. */
  readonly filming: boolean;
  readonly setFilming: (filming: boolean) => void;
  /** Whether there is paper to draw on. */
  readonly drawing: boolean;
  readonly setDrawing: (drawing: boolean) => void;
  /** Looks what is kept, once. */
  readonly lookAtOwn: () => void;
  /** Reads files. @param looseClass the class of images in no folder, if it is known. */
  readonly give: (files: readonly GivenFile[], looseClass?: string) => void;
  /** Reads files that have to be found first. */
  readonly giveFound: (find: Find) => void;
  /** Answers what class images in no folder are of. */
  readonly sayClass: (label: string) => void;
  /** Reads again what was given, in another form. */
  readonly readAs: (form: Pick<OwnForm, 'image' | 'table'>) => void;
  /** Reads from now on for a room's task, and again what is kept, where that makes it fit; null for no task. */
  readonly readFor: (task: Task | null) => void;
  /** Reads on where reading ended before its end. */
  readonly readOn: () => void;
  /** Ends reading, or lets a question or a refusal be: what is kept stays. */
  readonly endReading: () => void;
  readonly forgetOwn: () => void;
}

/** Files that were given at once. */
interface Batch {
  readonly files: readonly GivenFile[];
  readonly looseClass: string | null;
}

const isImageFiles = (data: OwnData | undefined) => data?.kind === 'images' && data.from === 'files';

const formOf = (data: OwnData, form: OwnForm): OwnForm => {
  // The task says the form of images.
  if (form.task && data.kind === 'images') return form;
  if (data.kind === 'table') return data.form ? { ...form, table: data.form } : form;
  return data.from === 'files' ? { ...form, image: data.form } : form;
};

/** How files of each kind are meant for a task. */
function formsFor(task: Task | null, { image }: Pick<OwnForm, 'image'>): Pick<OwnForm, 'image' | 'table'> {
  const { table } = defaultForm;
  if (task?.kind === 'images') return { image: { size: { width: task.width, height: task.height }, channels: task.channels }, table };
  return { image, table: task ? { ...table, names: task.names || null, empty: task.empty } : table };
}

/** Whether what is kept is of the task's kind, and would be another if it were read for it. */
function fitsWhenReadAgain(data: OwnData, task: Task): boolean {
  if (data.kind === 'images') {
    const { size, channels } = data.form;
    return task.kind === 'images' && (size.width !== task.width || size.height !== task.height || channels !== task.channels);
  }
  if (!data.form || task.kind !== 'table') return false;
  return JSON.stringify(formFor(task, data.titles, data.form)) !== JSON.stringify(data.form);
}

const unreadable = (error: unknown): OwnState => ({
  kind: 'refused',
  refusal: {
    message: `This browser keeps no data (${reasonOf(error)}); allow it to, or leave private browsing.`,
    saying: null,
    titles: [],
  },
});

const UNFOUND = 'The folder could not be looked through: a file was moved, or may not be read; give it again.';

export function createOwnSlice(
  set: (change: Partial<Pick<OwnSlice, 'own' | 'ownForm' | 'filming' | 'drawing'>>) => void,
  get: () => OwnSlice,
  shelf: OwnShelf,
): OwnSlice {
  /** What was given and read in this tab, of the images that are kept. */
  let read: Batch[] = [];
  /** Whether that is all of them: none is of an earlier visit. */
  let isAll = true;
  /** What waits to be read; the first is being read. */
  let waiting: Batch[] = [];
  let stop: (() => void) | null = null;
  /** What is kept, as far as this tab knows. */
  let kept: KeptData | null = null;
  /** How often files were looked for: what an earlier time finds later is not read. */
  let finding = 0;

  const showKept = () => {
    if (!kept) return set({ own: { kind: 'empty' } });
    const again = isAll || !isImageFiles(kept.data);
    set({ own: { kind: 'kept', kept, again, onward: waiting.length > 0 }, ownForm: formOf(kept.data, get().ownForm) });
  };

  /** Reads again what is kept where it fits the task only then, and can be read. */
  const fitKept = () => {
    const { own, ownForm } = get();
    if (own.kind !== 'kept' || !own.again || !ownForm.task || !fitsWhenReadAgain(own.kept.data, ownForm.task)) return;
    const { data } = own.kept;
    const { image, table } = formsFor(ownForm.task, ownForm);
    const said = data.kind === 'table' && data.form;
    readAs({ image, table: said ? { ...table, names: said.names, encoding: said.encoding } : table });
  };

  const look = () =>
    shelf.kept().then(
      (found) => {
        if (get().own.kind === 'looking') isAll = !isImageFiles(found?.data);
        kept = found;
        if (stop) return;
        showKept();
        fitKept();
      },
      (error: unknown) => set({ own: unreadable(error) }),
    );

  const start = () => {
    const [batch] = waiting;
    if (!batch || stop) return;
    set({ own: { kind: 'reading', progress: null, data: null } });
    stop = shelf.read(batch.files, { ...get().ownForm, looseClass: batch.looseClass }, (message) => hear(batch, message));
  };

  const hear = (batch: Batch, message: FromReader) => {
    if (message.type === 'progress') return set({ own: { kind: 'reading', progress: message.progress, data: message.data } });
    stop = null;
    switch (message.type) {
      case 'asked':
        return set({ own: { kind: 'asked', images: message.images } });
      case 'refused':
        return set({ own: { kind: 'refused', refusal: message.refusal } });
      case 'read': {
        const { data } = message;
        const isMore = isImageFiles(data) && isImageFiles(kept?.data);
        read = isImageFiles(data) ? [...(isMore ? read : []), batch] : [];
        isAll ||= !isMore;
        kept = { data, stoppedAt: null };
        waiting = waiting.slice(1);
        if (waiting.length > 0) return start();
        return showKept();
      }
    }
  };

  const readAs: OwnSlice['readAs'] = ({ image, table }) => {
    set({ ownForm: { ...get().ownForm, image, table, looseClass: null } });
    // What was refused waits still.
    if (get().own.kind !== 'refused') {
      waiting = isImageFiles(kept?.data) ? [...read, ...waiting] : [{ files: [], looseClass: null }];
      read = [];
    }
    start();
  };

  return {
    own: { kind: 'looking' },
    ownForm: defaultForm,
    filming: false,
    setFilming: (filming) => set({ filming, drawing: false }),
    drawing: false,
    setDrawing: (drawing) => set({ drawing, filming: false }),
    lookAtOwn: () => {
      if (get().own.kind === 'looking') void look();
    },
    give: (files, looseClass) => {
      if (files.length === 0) return;
      // What was stopped is kept in part; a question or a refusal that nobody has answered is let be.
      if (get().own.kind === 'kept') read = [...read, ...waiting];
      if (!stop) waiting = [];
      // What was said of one table says nothing of another.
      set({ ownForm: { ...get().ownForm, table: formsFor(get().ownForm.task, defaultForm).table } });
      waiting = [...waiting, { files, looseClass: looseClass ?? null }];
      start();
    },
    giveFound: (find) => {
      const mine = ++finding;
      const before = get().own;
      const isOn = () => mine === finding;
      const show = (own: OwnState) => isOn() && !stop && set({ own });
      find((found) => show({ kind: 'finding', found })).then(
        (files) => {
          if (!isOn()) return;
          if (files.length === 0) return void look();
          if (get().own.kind === 'finding') set({ own: before });
          get().give(files);
        },
        () => show({ kind: 'refused', refusal: { message: UNFOUND, saying: null, titles: [] } }),
      );
    },
    sayClass: (label) => {
      waiting = waiting.map((batch, k) => (k === 0 ? { ...batch, looseClass: label } : batch));
      start();
    },
    readAs,
    readFor: (task) => {
      const { ownForm } = get();
      if (ownForm.task === task) return;
      const form = { ...ownForm, ...formsFor(task, ownForm), task };
      set({ ownForm: kept ? formOf(kept.data, form) : form });
      fitKept();
    },
    readOn: start,
    endReading: () => {
      const wasReading = stop !== null;
      finding++;
      stop?.();
      stop = null;
      if (!wasReading) waiting = [];
      void look();
    },
    forgetOwn: () => {
      read = [];
      waiting = [];
      isAll = true;
      shelf.forget().then(look, (error: unknown) => set({ own: unreadable(error) }));
    },
  };
}
