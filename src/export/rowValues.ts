/** A table's row as a model is given it. */

/** A column, as far as its values need it. */
export type ColumnForm =
  | { readonly kind: 'number'; readonly hasEmpty: boolean }
  | { readonly kind: 'category'; readonly categories: readonly string[]; readonly hasEmpty: boolean };

/**
 * The values of a row: NaN of a number that is missing, zeros of a category that is not known. Uses nothing outside itself, so that it
 * can be written into a page.
 * @param cells a number, a category or null for each column.
 */
export function rowValues(columns: readonly ColumnForm[], cells: readonly (number | string | null)[]): number[] {
  return columns.flatMap((column, i) => {
    const cell = cells[i] ?? null;
    const own =
      column.kind === 'number' ? [typeof cell === 'number' ? cell : NaN] : column.categories.map((name) => (name === cell ? 1 : 0));
    return column.hasEmpty ? [...own, cell === null ? 1 : 0] : own;
  });
}
