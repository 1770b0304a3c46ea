/** Numbers as people read them. Units are joined by a no-break space; widths stay calm under tabular figures. */

const SPACE = '\u00a0';

const byteUnits = ['kB', 'MB', 'GB', 'TB'] as const;

/** Decimal units: 812 B, 4.1 kB, 318 kB, 12.4 MB. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)}${SPACE}B`;
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < byteUnits.length - 1) {
    value /= 1000;
    unit++;
  }
  const decimals = unit === 0 && value >= 9.95 ? 0 : 1;
  return `${value.toFixed(decimals)}${SPACE}${byteUnits[unit]}`;
}

/** The same without a decimal that is 0, as on an axis: 20 MB. */
export function formatBytesBriefly(bytes: number): string {
  return formatBytes(bytes).replace('.0', '');
}

/** A fraction as per cent with one decimal: 0.8412 is 84.1 %. */
export function formatPercent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)}${SPACE}%`;
}

/** The accuracy of a score, or its place before there is one. */
export const formatAccuracy = (score: { readonly accuracy: number } | undefined): string => (score ? formatPercent(score.accuracy) : '– %');

/** A fraction as whole per cent, as on an axis or of a setting: 0.3 is 30 %. */
export function formatWholePercent(fraction: number): string {
  return `${Math.round(100 * fraction)}${SPACE}%`;
}

/** A small fraction as per cent with two digits: 0.0083 is 0.83 %. */
export function formatSmallPercent(fraction: number): string {
  return `${Number((100 * fraction).toPrecision(2))}${SPACE}%`;
}

/** A loss in nats, two decimals. */
export function formatLoss(loss: number): string {
  return loss.toFixed(2);
}

/** Milliseconds as 0.4 s, 12 s, 3 min 12 s, 1 h 5 min. */
export function formatDuration(ms: number): string {
  if (ms < 9950) return `${(ms / 1000).toFixed(1)}${SPACE}s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}${SPACE}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}${SPACE}min ${seconds % 60}${SPACE}s`;
  return `${Math.floor(seconds / 3600)}${SPACE}h ${Math.floor((seconds % 3600) / 60)}${SPACE}min`;
}

/** How long something will still take, as coarse as such guesses are. */
export function formatRemaining(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return 'less than a minute left';
  if (minutes < 60) return `about ${minutes}${SPACE}min left`;
  return `about ${Math.round(minutes / 60)}${SPACE}h left`;
}

/** How often something happens in a unit of time, one decimal. */
export function formatRate(rate: number): string {
  return rate.toFixed(1);
}

/** A whole number with its thousands apart: 2,831. */
export function formatNumber(number: number): string {
  return number.toLocaleString('en');
}

/** 1 tab, 2 tabs, 1,200 tabs, 2 classes. */
export function formatCount(count: number, noun: string): string {
  const ending = noun.endsWith('s') ? 'es' : 's';
  return `${formatNumber(count)} ${noun}${count === 1 ? '' : ending}`;
}

/** 3; 3 and 5; 3, 5 and 8. */
export function formatList(items: readonly (string | number)[]): string {
  const last = items.at(-1);
  if (items.length < 2) return `${last ?? ''}`;
  return `${items.slice(0, -1).join(', ')} and ${last}`;
}
