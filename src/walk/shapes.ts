/** Pictures that people in the walk have on their disks: shapes cut from coloured paper. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { randomStream, type RandomStream } from '../math/random.ts';

export type Shape = 'circles' | 'squares' | 'triangles';

/** Pixels a side. */
const SIDE = 160;

/** Corners of a regular polygon around the origin. */
function polygon(corners: number, radius: number, turn: number): string {
  const points = Array.from({ length: corners }, (_, k) => {
    const angle = turn + (2 * Math.PI * k) / corners - Math.PI / 2;
    return `${(radius * Math.cos(angle)).toFixed(1)},${(radius * Math.sin(angle)).toFixed(1)}`;
  });
  return `<polygon points="${points.join(' ')}"/>`;
}

const drawings: Readonly<Record<Shape, (radius: number, turn: number) => string>> = {
  circles: (radius) => `<circle r="${(0.85 * radius).toFixed(1)}"/>`,
  squares: (radius, turn) => polygon(4, radius, Math.PI / 4 + turn),
  triangles: (radius, turn) => polygon(3, radius, turn),
};

function drawing(shape: Shape, random: RandomStream): Promise<Buffer> {
  const between = (low: number, high: number) => low + (high - low) * random.uniform();
  const [x, y] = [between(0.42, 0.58) * SIDE, between(0.42, 0.58) * SIDE];
  const paper = `hsl(${between(0, 360)} 30% ${between(86, 94)}%)`;
  const colour = `hsl(${between(0, 360)} 65% ${between(30, 45)}%)`;
  const cut = drawings[shape](between(0.28, 0.4) * SIDE, between(-0.25, 0.25));
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${SIDE}"><rect width="100%" height="100%" fill="${paper}"/><g transform="translate(${x} ${y})" fill="${colour}">${cut}</g></svg>`;
  return sharp(Buffer.from(svg)).png().toBuffer();
}

/** Writes a folder of pictures with a folder a class. @param stream names the random numbers, so that everyone's pictures differ. */
export async function writeShapes(folder: string, stream: string, counts: Partial<Readonly<Record<Shape, number>>>): Promise<void> {
  const random = randomStream(1, 'walk', stream);
  for (const shape of ['circles', 'squares', 'triangles'] as const) {
    const count = counts[shape] ?? 0;
    if (count > 0) await mkdir(join(folder, shape), { recursive: true });
    for (let k = 0; k < count; k++) await writeFile(join(folder, shape, `${shape}-${k + 1}.png`), await drawing(shape, random));
  }
}
