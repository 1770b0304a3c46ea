import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { averageArea, formedImage, type Size } from './formedImage.ts';

const size = (width: number, height: number): Size => ({ width, height });

const average = (image: Float64Array, from: Size, to: Size) =>
  averageArea((y) => image.subarray(y * from.width, (y + 1) * from.width), from, to);

describe('averageArea', () => {
  const sizes = fc.record({ width: fc.integer({ min: 1, max: 12 }), height: fc.integer({ min: 1, max: 12 }) });

  test('keeps an image that has the size, and the mean of any', () => {
    fc.assert(
      fc.property(sizes, sizes, fc.infiniteStream(fc.integer({ min: 0, max: 255 })), (from, to, stream) => {
        const image = Float64Array.from({ length: from.width * from.height }, () => stream.next().value);
        const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
        expect(average(image, from, from)).toEqual(image);
        const resized = average(image, from, to);
        expect(resized).toHaveLength(to.width * to.height);
        expect(mean(resized)).toBeCloseTo(mean(image), 8);
        expect(Math.min(...resized)).toBeGreaterThanOrEqual(Math.min(...image) - 1e-9);
        expect(Math.max(...resized)).toBeLessThanOrEqual(Math.max(...image) + 1e-9);
      }),
    );
  });

  test('averages what falls into a pixel, by the part that does', () => {
    expect(average(Float64Array.of(0, 10, 20, 30, 2, 12, 22, 32), size(4, 2), size(2, 1))).toEqual(Float64Array.of(6, 26));
    const [left, right] = average(Float64Array.of(0, 30, 60), size(3, 1), size(2, 1));
    expect(left).toBeCloseTo(10, 9);
    expect(right).toBeCloseTo(50, 9);
    const larger = average(Float64Array.of(0, 30), size(1, 2), size(1, 3));
    [0, 15, 30].forEach((value, i) => expect(larger[i]).toBeCloseTo(value, 9));
  });
});

describe('formedImage', () => {
  const pixels = [255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 100, 100, 100, 255, 0, 0, 0, 0, 0, 0, 0, 51];
  const image = { ...size(6, 1), data: Uint8Array.from(pixels) };

  test('weighs colours as the eye does where it is grey, and puts what is transparent on white', () => {
    expect(formedImage(image, { size: size(6, 1), channels: 1 })).toEqual(Uint8Array.of(76, 150, 29, 100, 255, 204));
  });

  test('averages each colour by itself, and keeps those of a pixel together', () => {
    const paper = [255, 255, 255, 204, 204, 204];
    expect([...formedImage(image, { size: size(6, 1), channels: 3 })].slice(12)).toEqual(paper);
    expect(formedImage(image, { size: size(3, 1), channels: 3 })).toEqual(Uint8Array.of(128, 128, 0, 50, 50, 178, 230, 230, 230));
  });
});
