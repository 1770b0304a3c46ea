/** What goes on inside, for whoever wants to know what a stuck tab waits for. Silent unless somebody asks. */

export const logTopics = ['signalling', 'transport', 'client', 'round'] as const;
export type LogTopic = (typeof logTopics)[number];

/** Small, plain values: ids, counts, rounds, bytes. Never anything made of samples. */
export type LogDetails = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** Takes note of one event, e.g. `log('round', 'waits', { phase: 'mix', round: 3, for: ['b'] })`. */
export type Log = (topic: LogTopic, event: string, details?: LogDetails) => void;

export const silent: Log = () => undefined;

/** Writes a line an event of these topics: seconds since the start, topic, event, `name=value`s. */
export function lineLog(topics: ReadonlySet<LogTopic>, write: (line: string) => void, now: () => number): Log {
  const start = now();
  return (topic, event, details = {}) => {
    if (!topics.has(topic)) return;
    const values = Object.entries(details).map(([name, value]) => `${name}=${Array.isArray(value) ? value.join(',') : value}`);
    write([`${((now() - start) / 1000).toFixed(3)} s`, topic, event, ...values].join('  '));
  };
}

/** @returns the topics of a comma-separated list, all of them for `all`; null when it names one that there is not. */
export function parseLogTopics(text: string): ReadonlySet<LogTopic> | null {
  if (text === 'all') return new Set(logTopics);
  const topics = text.split(',').map((name) => logTopics.find((topic) => topic === name));
  return topics.every((topic) => topic !== undefined) ? new Set(topics) : null;
}
