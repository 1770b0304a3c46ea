/** Images of one form, in grey or colour, wherever they are decoded. It imports nothing, so that a saved page can have it too. */

/** Image size, pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** RGBA bytes, row-major, the colours not multiplied by alpha. */
export interface ColourImage extends Size {
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** How images become rows. */
export interface ImageForm {
  readonly size: Size;
  /** 1 for grey, 3 for red, green and blue. */
  readonly channels: 1 | 3;
}

/**
 * An image brought to another size by area averaging, each side by its own factor, pixels that two share by their share. Uses
 * nothing outside itself, so that it can be written into a page.
 * @param line gives source row `y`, which has to be used before the next is asked for; rows come in order, one that two share twice.
 */
export function averageArea(line: (y: number) => Float64Array, from: Size, to: Size): Float64Array {
  /** The parts of one of `target` equal parts of a line in which values `first` .. `first + shares.length - 1` of `length` lie. */
  const partsOf = (length: number, target: number): { first: number; shares: number[] }[] => {
    const part = length / target;
    return Array.from({ length: target }, (_, t) => {
      const first = Math.floor(t * part);
      const last = Math.min(length, Math.ceil((t + 1) * part));
      const shares = Array.from({ length: last - first }, (__, k) => {
        const i = first + k;
        return (Math.min(i + 1, (t + 1) * part) - Math.max(i, t * part)) / part;
      });
      return { first, shares };
    });
  };

  const across = partsOf(from.width, to.width);
  const averaged = new Float64Array(to.width * to.height);
  partsOf(from.height, to.height).forEach(({ first, shares: down }, row) => {
    down.forEach((share, k) => {
      const values = line(first + k);
      across.forEach(({ first: left, shares }, column) => {
        let sum = 0;
        for (let i = 0; i < shares.length; i++) sum += shares[i]! * values[left + i]!;
        averaged[row * to.width + column]! += share * sum;
      });
    });
  });
  return averaged;
}

/**
 * Brings an image to a form, on white paper where it is transparent. Uses nothing outside itself and what it is given.
 * @returns height x width x channels bytes, row-major.
 */
export function formedImage(
  { width, height, data }: ColourImage,
  { size, channels }: ImageForm,
  resized: typeof averageArea = averageArea,
): Uint8Array {
  // How much of red, green and blue a channel has: luma (ITU-R BT.601), or one colour each.
  const luma = [[0.299, 0.587, 0.114]] as const;
  const colours = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ] as const;
  const values = new Uint8Array(size.width * size.height * channels);
  const shades = new Float64Array(width);
  (channels === 1 ? luma : colours).forEach(([red, green, blue], channel) => {
    const line = (y: number) => {
      for (let x = 0, at = 4 * y * width; x < width; x++, at += 4) {
        const shade = red * data[at]! + green * data[at + 1]! + blue * data[at + 2]!;
        shades[x] = 255 + (data[at + 3]! / 255) * (shade - 255);
      }
      return shades;
    };
    resized(line, { width, height }, size).forEach((value, i) => {
      values[i * channels + channel] = Math.round(value);
    });
  });
  return values;
}
