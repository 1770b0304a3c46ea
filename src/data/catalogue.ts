import type { DatasetName } from '../settings/settings.ts';

/** What is known of a built-in dataset before any of its files is read. */
export interface CatalogueEntry {
  /** Image size, pixels. */
  readonly width: number;
  readonly height: number;
  readonly classNames: readonly string[];
  /** Mean and standard deviation of the training pixels scaled to 0 .. 1. */
  readonly mean: number;
  readonly std: number;
  readonly trainSamples: number;
  readonly testSamples: number;
}

const size = { width: 28, height: 28, trainSamples: 60_000, testSamples: 10_000 };

export const catalogue: Readonly<Record<DatasetName, CatalogueEntry>> = {
  'fashion-mnist': {
    ...size,
    classNames: ['T-shirt', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'],
    mean: 0.286,
    std: 0.353,
  },
  mnist: {
    ...size,
    classNames: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    mean: 0.1307,
    std: 0.3081,
  },
};
