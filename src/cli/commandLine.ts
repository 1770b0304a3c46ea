/** Options of the commands: one table is the parser, the validation and the help. */

import { parseArgs } from 'node:util';
import * as v from 'valibot';

/** What a person typed cannot be done. The message is one sentence: what, where, and what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Not a failure: `--help` was given. The message is the help. */
export class HelpRequest extends Error {
  override readonly name = 'HelpRequest';
}

interface OptionNotes {
  /** What stands for the value in the help, e.g. `N`; null for a switch, which takes none. */
  readonly placeholder: string | null;
  readonly help: string;
}

/** An option with a value; `schema` makes it of the text. */
export function option<const Output>(placeholder: string, help: string, schema: v.GenericSchema<string, Output>) {
  return Object.assign(v.exactOptional(schema), { placeholder, help });
}

/** An option without a value: there or not. */
export function toggle(help: string) {
  return Object.assign(v.exactOptional(v.literal(true)), { placeholder: null, help });
}

/** NaN of empty text, which `Number` takes for 0. */
export const toNumber = (text: string): number => (text.trim() === '' ? NaN : Number(text));

/** A number from text, to be piped into a schema that bounds it. */
export const numberText = v.pipe(v.string(), v.transform(toNumber));

type Table = v.StrictObjectSchema<Record<string, v.GenericSchema & OptionNotes>, undefined>;

export interface Command<S extends Table = Table> {
  /** As a person calls it, e.g. `npm start`. */
  readonly call: string;
  /** One sentence on what it does. */
  readonly summary: string;
  /** What stands in the help for each operand the command needs, e.g. `FILE`, or last `FILE...` for one or more; without it the command takes none. */
  readonly operands?: readonly string[];
  /** The options, by camel-case name. */
  readonly options: S;
  /** What the help ends with. */
  readonly notes?: readonly string[];
}

/** The flag of the option that is called so, e.g. `--soft-labels`. */
export const flagOf = (name: string) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** An option beside another that leaves it no meaning. */
export const inapplicable = (name: string, chosen: string) =>
  new UsageError(`${flagOf(name)} does not apply to ${chosen}; leave one of them out.`);

/** @throws {UsageError} when any of the options named was given. */
export function refuse<Given extends object>(given: Given, names: readonly (keyof Given & string)[], chosen: string): void {
  const wrong = names.find((name) => given[name] !== undefined);
  if (wrong) throw inapplicable(wrong, chosen);
}

function helpText({ call, summary, operands = [], options, notes = [] }: Command): string {
  const lines = Object.entries({ ...options.entries, help: toggle('show this') }).map(([name, { placeholder, help }]) => ({
    left: placeholder === null ? flagOf(name) : `${flagOf(name)} ${placeholder}`,
    help,
  }));
  const width = Math.max(...lines.map(({ left }) => left.length));
  return [
    ['Usage:', call, '--', '[options]', ...operands].join(' '),
    summary,
    '',
    ...lines.map(({ left, help }) => `  ${left.padEnd(width)}  ${help}`),
    ...notes,
  ].join('\n');
}

/** What a value should have been, e.g. `at least 1`. */
function demand(issue: v.BaseIssue<unknown>): string {
  switch (issue.type) {
    case 'min_value':
      return `at least ${String(issue.requirement)}`;
    case 'max_value':
      return `at most ${String(issue.requirement)}`;
    case 'max_length':
      return `at most ${String(issue.requirement)} values`;
    case 'integer':
      return 'a whole number';
    case 'number':
    case 'finite':
      return 'a number';
    case 'picklist':
    case 'union':
      return (issue.expected ?? '').replaceAll(/[()"]/g, '').replaceAll(' | ', ' or ');
    default:
      return issue.message;
  }
}

/**
 * Reads a command's options.
 * @param argv what follows the command's name.
 * @returns the options given, by name, and `operands` if the command has any.
 * @throws {UsageError} on the first that is unknown or impossible.
 * @throws {HelpRequest} on `--help`.
 */
export function parseOptions<S extends Table>(
  command: Command<S> & { readonly operands: readonly string[] },
  argv: readonly string[],
): v.InferOutput<S> & { readonly operands: readonly string[] };
export function parseOptions<S extends Table>(command: Command<S>, argv: readonly string[]): v.InferOutput<S>;
export function parseOptions<S extends Table>(command: Command<S>, argv: readonly string[]): v.InferOutput<S> {
  const known = Object.entries(command.options.entries).map(([name, { placeholder }]) => ({
    name,
    flag: flagOf(name),
    placeholder,
  }));
  const seeHelp = `see ${command.call} -- --help`;
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(
      known.map(({ flag, placeholder }) => [flag.slice(2), { type: placeholder === null ? 'boolean' : 'string' } as const]),
    ),
    // Node's own messages are several sentences long; the tokens have all that is needed for better ones.
    strict: false,
    tokens: true,
  });
  const given: Record<string, string | true> = {};
  const wanted = command.operands ?? [];
  const most = wanted.at(-1)?.endsWith('...') ? Infinity : wanted.length;
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      if (operands.length === most) throw new UsageError(`"${token.value}" belongs to no option; ${seeHelp}.`);
      operands.push(token.value);
      continue;
    }
    if (token.name === 'help') throw new HelpRequest(helpText(command));
    const { name, placeholder } = known.find(({ flag }) => flag === token.rawName) ?? {};
    if (name === undefined) throw new UsageError(`There is no option ${token.rawName}; ${seeHelp}.`);
    if (placeholder === null) {
      if (token.value !== undefined) throw new UsageError(`${token.rawName} takes no value, so leave out "${token.value}".`);
      given[name] = true;
    } else {
      if (token.value === undefined || token.value.startsWith('--')) {
        throw new UsageError(`${token.rawName} needs a value, as in ${token.rawName} ${placeholder}; ${seeHelp}.`);
      }
      given[name] = token.value;
    }
  }
  const missing = wanted[operands.length];
  if (missing !== undefined) throw new UsageError(`${missing.replace('...', '')} is missing; ${seeHelp}.`);
  const result = v.safeParse(command.options, given);
  if (result.success) return { ...result.output, operands: command.operands && operands };
  const [issue] = result.issues;
  const name = String(issue.path?.[0].key);
  throw new UsageError(`${flagOf(name)} cannot be "${given[name]}": it must be ${demand(issue)}; ${seeHelp}.`);
}

/**
 * Runs a command and ends with its exit code: 0, 2 for a UsageError, 1 for any other error, each with one sentence on stderr.
 * `stop` fires on the first SIGINT or SIGTERM: the command then frees what it holds and returns. A second one kills.
 */
export async function runCommand(main: (argv: string[], stop: AbortSignal) => Promise<void> | void): Promise<void> {
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    await main(process.argv.slice(2), stopping.signal);
  } catch (error) {
    if (error instanceof HelpRequest) process.stdout.write(`${error.message}\n`);
    else {
      const message = error instanceof Error ? error.message : String(error);
      process.stderr.write(`${message.split('\n', 1)[0]}\n`);
      process.exitCode = error instanceof UsageError ? 2 : 1;
    }
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

/** Resolves when `stop` has fired. */
export function stopped(stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stop.aborted) resolve();
    else stop.addEventListener('abort', () => resolve(), { once: true });
  });
}
