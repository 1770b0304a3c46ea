/** Numbers as commands, benchmarks and documents print them. */

/** Three significant digits or so many, and no fraction from 100 on. */
export function digits(value: number, significant = 3): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(significant);
}

/** Hundredths, e.g. `84.7`. */
export function points(fraction: number, decimals = 1): string {
  return (100 * fraction).toFixed(decimals);
}

/** Per cent, e.g. `84.7 %`. */
export function percent(fraction: number, decimals?: number): string {
  return `${points(fraction, decimals)} %`;
}

/** Decimal megabytes, e.g. `4.44 MB`. */
export function megabytes(bytes: number, significant?: number): string {
  return `${digits(bytes / 1e6, significant)} MB`;
}
