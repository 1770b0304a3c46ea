/** What an image file says of itself before it is decoded: its format, how large it is, and if its end is there. */

export interface ImageHead {
  readonly format: 'PNG' | 'JPEG' | 'WebP' | 'GIF' | 'AVIF';
  /** 0 where it is not told. */
  readonly pixels: number;
  /** If the file ends before its image does, which some decoders would pass over and fill up with grey. */
  readonly isCut: boolean;
}

/** Bytes as numbers; 0 beyond the end. */
class Reader {
  constructor(private readonly bytes: Uint8Array) {}

  get length(): number {
    return this.bytes.length;
  }

  byte(at: number): number {
    return this.bytes[at] ?? 0;
  }

  big(at: number, count: 2 | 4): number {
    let value = 0;
    for (let i = 0; i < count; i++) value = 256 * value + this.byte(at + i);
    return value;
  }

  little(at: number, count: 2 | 3 | 4): number {
    let value = 0;
    for (let i = count - 1; i >= 0; i--) value = 256 * value + this.byte(at + i);
    return value;
  }

  text(at: number, count: number): string {
    return String.fromCharCode(...this.bytes.subarray(at, at + count));
  }
}

type Facts = Omit<ImageHead, 'format'>;

/** Chunks of length, type, content and checksum, to one called IEND (https://www.w3.org/TR/png-3/#5DataRep). */
function readPng(file: Reader): Facts {
  const pixels = file.big(16, 4) * file.big(20, 4);
  let at = 8;
  while (at < file.length && file.text(at + 4, 4) !== 'IEND') at += 12 + file.big(at, 4);
  return { pixels, isCut: at >= file.length };
}

/** If a marker of JPEG begins a frame, whose header says the size. */
const beginsFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** If what stands after 0xff is no marker of a segment: filling, a byte of data, or a restart. */
const isNoSegment = (marker: number) => marker === 0xff || marker === 0 || (marker >= 0xd0 && marker <= 0xd7);

/** Segments, and the data of scans between them, to the marker of the end (ITU-T T.81, annex B). */
function readJpeg(file: Reader): Facts {
  let pixels = 0;
  let at = 2;
  while (at < file.length) {
    const marker = file.byte(at + 1);
    if (file.byte(at) !== 0xff || isNoSegment(marker)) {
      at++;
      continue;
    }
    if (marker === 0xd9) return { pixels, isCut: false };
    if (beginsFrame(marker)) pixels = file.big(at + 5, 2) * file.big(at + 7, 2);
    at += 2 + file.big(at + 2, 2);
  }
  return { pixels, isCut: true };
}

/** Chunks after the length of all of them (https://developers.google.com/speed/webp/docs/riff_container). */
function readWebp(file: Reader): Facts {
  const isCut = file.length < 8 + file.little(4, 4);
  switch (file.text(12, 4)) {
    case 'VP8X':
      return { pixels: (1 + file.little(24, 3)) * (1 + file.little(27, 3)), isCut };
    case 'VP8L': {
      const sides = file.little(21, 4);
      return { pixels: (1 + (sides & 0x3fff)) * (1 + ((sides >>> 14) & 0x3fff)), isCut };
    }
    default:
      return { pixels: (file.little(26, 2) & 0x3fff) * (file.little(28, 2) & 0x3fff), isCut };
  }
}

/** How far into an AVIF file sizes are looked for. */
const AVIF_HEAD = 2 ** 16;

/** The largest of the sizes in its `ispe` properties (ISO/IEC 23008-12, 6.5.3). */
function readAvif(file: Reader): Facts {
  let pixels = 0;
  for (let at = 0; at < Math.min(file.length, AVIF_HEAD); at++) {
    if (file.byte(at) === 0x69 && file.text(at, 4) === 'ispe') pixels = Math.max(pixels, file.big(at + 8, 4) * file.big(at + 12, 4));
  }
  return { pixels, isCut: false };
}

/** Whether these are the first bytes of a HEIC photo (ISO/IEC 23008-12, annex B), as phones take them, which few browsers show. */
export const isHeic = (bytes: Uint8Array): boolean => /^ftyp(?:hei[cxms]|hev[cxms]|mif1|msf1)$/.test(new Reader(bytes).text(4, 8));

/** Reads the head of an image file, by its first bytes and whatever it is called; null of no format that every browser shows. */
export function headOf(bytes: Uint8Array): ImageHead | null {
  const file = new Reader(bytes);
  if (file.text(0, 8) === '\x89PNG\r\n\x1a\n') return { format: 'PNG', ...readPng(file) };
  if (file.text(0, 2) === '\xff\xd8') return { format: 'JPEG', ...readJpeg(file) };
  if (file.text(0, 4) === 'RIFF' && file.text(8, 4) === 'WEBP') return { format: 'WebP', ...readWebp(file) };
  if (/^GIF8[79]a$/.test(file.text(0, 6))) return { format: 'GIF', pixels: file.little(6, 2) * file.little(8, 2), isCut: false };
  return /^ftypavi[fs]$/.test(file.text(4, 8)) ? { format: 'AVIF', ...readAvif(file) } : null;
}
