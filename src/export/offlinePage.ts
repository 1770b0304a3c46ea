/** The program of a saved page, which classifies without any other file. */

import type { averageArea, formedImage } from '../data/formats/formedImage.ts';
import type { logitsOf, PlainModel } from './forward.ts';
import type { ColumnForm, rowValues } from './rowValues.ts';

/** What the program reads of the model's card. */
interface Card {
  readonly task:
    | {
        readonly kind: 'images';
        readonly width: number;
        readonly height: number;
        readonly channels: 1 | 3;
        readonly mean: readonly number[];
        readonly std: readonly number[];
      }
    | {
        readonly kind: 'table';
        readonly table: { readonly columns: readonly (ColumnForm & { readonly name: string; readonly mean?: number })[] };
      };
  readonly classes: readonly string[];
}

declare global {
  /** For scripts and tests: the logits of one input as it stands, bytes of an image or values of a row. */
  var modelLogits: (input: ArrayLike<number>) => number[];
}

/**
 * Runs the page that `html.ts` writes around it. Uses nothing outside itself.
 * @param parts the functions that it shares with the page and the commands, so that all say the same of an image or a row.
 * @param moments mean and standard deviation of what the model is given.
 */
export function offlinePage(
  parts: {
    readonly logitsOf: typeof logitsOf;
    readonly rowValues: typeof rowValues;
    readonly averageArea: typeof averageArea;
    readonly formedImage: typeof formedImage;
  },
  moments: Pick<PlainModel, 'mean' | 'std'>,
): void {
  const byId = (id: string): HTMLElement => {
    const found = document.getElementById(id);
    if (!found) throw new Error(`This page lacks its element ${id}; save it again.`);
    return found;
  };

  /** The safetensors file that the page carries. */
  const readModel = (): { card: Card; layers: PlainModel['layers'] } => {
    const file = Uint8Array.from(atob(byId('model').textContent.trim()), (letter) => letter.charCodeAt(0));
    const view = new DataView(file.buffer);
    const start = 8 + Number(view.getBigUint64(0, true));
    const { __metadata__: metadata, ...tensors } = JSON.parse(new TextDecoder().decode(file.subarray(8, start)));
    const numbers = (name: string): Float32Array => {
      const [begin, end] = tensors[name].data_offsets;
      return Float32Array.from({ length: (end - begin) / 4 }, (_, i) => view.getFloat32(start + begin + 4 * i, true));
    };
    const names = Object.keys(tensors).flatMap((name) => (name.endsWith('.kernel') ? [name.slice(0, -'.kernel'.length)] : []));
    const layers = names.map((name) => ({
      shape: tensors[`${name}.kernel`].shape,
      kernel: numbers(`${name}.kernel`),
      bias: numbers(`${name}.bias`),
    }));
    return { card: JSON.parse(metadata.card), layers };
  };

  const { card, layers } = readModel();
  const { task, classes } = card;
  const size = task.kind === 'images' ? task : { width: 1, height: 1 };
  const model: PlainModel = { width: size.width, height: size.height, mean: moments.mean, std: moments.std, layers };
  globalThis.modelLogits = (input) => [...parts.logitsOf(model, input)];

  /** The classes by falling probability. */
  const show = (input: ArrayLike<number>): void => {
    const logits = parts.logitsOf(model, input);
    const top = Math.max(...logits);
    const odds = logits.map((logit) => Math.exp(logit - top));
    const total = odds.reduce((sum, odd) => sum + odd, 0);
    const ranked = classes.map((name, c) => ({ name, probability: odds[c]! / total })).sort((a, b) => b.probability - a.probability);
    byId('said').textContent = `${ranked[0]!.name}, ${(100 * ranked[0]!.probability).toFixed(1)} %`;
    byId('ranking').replaceChildren(
      ...ranked.slice(0, 10).map(({ name, probability }) => {
        const row = document.createElement('li');
        const bar = document.createElement('meter');
        const called = document.createElement('span');
        const share = document.createElement('span');
        called.textContent = name;
        share.textContent = `${(100 * probability).toFixed(1)} %`;
        bar.value = probability;
        bar.ariaLabel = name;
        row.append(called, bar, share);
        return row;
      }),
    );
  };

  const refuse = (sentence: string): void => {
    byId('said').textContent = sentence;
    byId('ranking').replaceChildren();
  };

  /** The pixels of a canvas as the model takes them. */
  const pixelsOf = (canvas: HTMLCanvasElement, isInverted: boolean): Uint8Array => {
    if (task.kind !== 'images') throw new Error('A table has no pixels.');
    const { data } = canvas.getContext('2d', { willReadFrequently: true })!.getImageData(0, 0, canvas.width, canvas.height);
    const form = { size: task, channels: task.channels };
    const pixels = parts.formedImage({ width: canvas.width, height: canvas.height, data }, form, parts.averageArea);
    return isInverted ? pixels.map((value) => 255 - value) : pixels;
  };

  const openImages = (): void => {
    if (task.kind !== 'images') return;
    const pad = byId('pad');
    const choice = byId('file');
    const invert = byId('invert');
    if (!(pad instanceof HTMLCanvasElement && choice instanceof HTMLInputElement && invert instanceof HTMLInputElement)) return;
    const pen = pad.getContext('2d', { willReadFrequently: true })!;
    // Most of what the model has seen is dark: it knows light strokes on dark paper.
    const isDark = task.mean.reduce((sum, mean) => sum + mean, 0) / task.channels < 128;
    const wipe = (colour: string, width: number, height: number) => {
      [pad.width, pad.height] = [width, height];
      pen.fillStyle = colour;
      pen.fillRect(0, 0, width, height);
    };
    const look = () => show(pixelsOf(pad, invert.checked));
    const clear = () => {
      invert.checked = false;
      wipe(isDark ? '#000' : '#fff', 280, Math.round((280 * task.height) / task.width));
      refuse('Draw something, or choose an image.');
    };
    const load = async (file: Blob) => {
      try {
        const image = await createImageBitmap(file);
        // On white paper where it is transparent.
        wipe('#fff', image.width, image.height);
        pen.drawImage(image, 0, 0);
        image.close();
        look();
      } catch {
        refuse('That is no image that this browser can show; choose a PNG, JPEG or WebP.');
      }
    };
    let last: { x: number; y: number } | null = null;
    const place = ({ clientX, clientY }: PointerEvent) => {
      const { left, top, width, height } = pad.getBoundingClientRect();
      return { x: ((clientX - left) / width) * pad.width, y: ((clientY - top) / height) * pad.height };
    };
    pad.addEventListener('pointerdown', (event) => {
      pad.setPointerCapture(event.pointerId);
      last = place(event);
    });
    pad.addEventListener('pointermove', (event) => {
      if (!last) return;
      const next = place(event);
      pen.strokeStyle = isDark ? '#fff' : '#000';
      pen.lineWidth = pad.width / 13;
      pen.lineCap = 'round';
      pen.beginPath();
      pen.moveTo(last.x, last.y);
      pen.lineTo(next.x, next.y);
      pen.stroke();
      last = next;
      look();
    });
    for (const end of ['pointerup', 'pointercancel'] as const) pad.addEventListener(end, () => (last = null));
    choice.addEventListener('change', () => {
      const [file] = choice.files ?? [];
      if (file) void load(file);
    });
    invert.addEventListener('change', look);
    byId('clear').addEventListener('click', clear);
    document.addEventListener('dragover', (event) => event.preventDefault());
    document.addEventListener('drop', (event) => {
      event.preventDefault();
      const [file] = event.dataTransfer?.files ?? [];
      if (file) void load(file);
    });
    document.addEventListener('paste', (event) => {
      const [file] = event.clipboardData?.files ?? [];
      if (file) void load(file);
    });
    clear();
  };

  const openTable = (): void => {
    if (task.kind !== 'table') return;
    const { columns } = task.table;
    const fields = columns.map((column) => {
      const label = document.createElement('label');
      const called = document.createElement('span');
      called.textContent = column.name;
      const field = document.createElement(column.kind === 'number' ? 'input' : 'select');
      if (field instanceof HTMLInputElement) {
        [field.type, field.step] = ['number', 'any'];
        field.placeholder = column.mean === undefined ? '' : String(Number(column.mean.toPrecision(4)));
      } else if (column.kind === 'category') {
        field.append(...['', ...column.categories].map((name) => new Option(name === '' ? '(none)' : name, name)));
      }
      label.append(called, field);
      byId('fields').append(label);
      return field;
    });
    const look = () => {
      const cells = fields.map(({ value }, i) => (value === '' ? null : columns[i]!.kind === 'number' ? Number(value) : value));
      show(parts.rowValues(columns, cells));
    };
    byId('fields').addEventListener('input', look);
    look();
  };

  openImages();
  openTable();
}
