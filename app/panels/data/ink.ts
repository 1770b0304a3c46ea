/** Whether images are bright drawings on an empty background, as MNIST's are: a quarter of their pixels or more is exactly 0. */
export function isInk(images: readonly Uint8Array[]): boolean {
  const pixels = images.reduce((sum, { length }) => sum + length, 0);
  const empty = images.reduce((sum, image) => sum + image.filter((grey) => grey === 0).length, 0);
  return empty >= pixels / 4;
}
