/** How each kind of line is drawn, and what stands at its end; a further kind is one more entry. */

interface Look {
  /** CSS px. */
  readonly width: number;
  readonly alpha: number;
  /** Dash and gap, CSS px; none is drawn through. */
  readonly dash?: readonly number[];
  /** `label` is a name with the latest value; `mark` is a dot with the short name only. */
  readonly end: 'label' | 'mark';
}

/** The averaged model's line lies under this client's under the dashed mean, so that all three show where they meet. */
const looks = {
  averaged: { width: 3.5, alpha: 1, end: 'label' },
  own: { width: 2, alpha: 1, end: 'label' },
  alone: { width: 2, alpha: 1, dash: [2, 4], end: 'label' },
  mean: { width: 1.25, alpha: 1, dash: [4, 4], end: 'label' },
  other: { width: 1, alpha: 0.6, end: 'mark' },
  run: { width: 2, alpha: 1, end: 'mark' },
} as const satisfies Record<string, Look>;

export type LineKind = keyof typeof looks;

/** The look of a line that is emphasised. */
export const HIGHLIT: Pick<Look, 'width' | 'alpha'> = { width: 3, alpha: 1 };

export const lookOf = (kind: LineKind): Look => looks[kind];
