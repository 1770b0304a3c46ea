import * as v from 'valibot';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { HelpRequest, option, parseOptions, runCommand, stopped, toggle, UsageError } from './commandLine.ts';

const command = {
  call: 'npm run thing',
  summary: 'Does a thing.',
  options: v.strictObject({ outputFile: option('FILE', 'where to', v.string()), quiet: toggle('say nothing') }),
};
const withOperand = { ...command, operands: ['CASE.json'] };

describe('parseOptions', () => {
  test('names are camel case in the table and kebab case on the command line', () => {
    expect(parseOptions(command, ['--output-file', 'x', '--quiet'])).toEqual({ outputFile: 'x', quiet: true });
    expect(() => parseOptions(command, ['--outputFile', 'x'])).toThrow(UsageError);
  });

  test('gives what was given and nothing else', () => expect(parseOptions(command, [])).toEqual({}));

  test('an operand is required where there is one, and refused elsewhere', () => {
    expect(parseOptions(withOperand, ['--quiet', 'a.json'])).toEqual({ quiet: true, operands: ['a.json'] });
    expect(() => parseOptions(withOperand, ['--quiet'])).toThrow(new UsageError('CASE.json is missing; see npm run thing -- --help.'));
    const tooMany = new UsageError('"b.json" belongs to no option; see npm run thing -- --help.');
    expect(() => parseOptions(withOperand, ['a.json', 'b.json'])).toThrow(tooMany);
    expect(() => parseOptions(command, ['b.json'])).toThrow(tooMany);
  });

  test('the last operand may be several', () => {
    const withSeveral = { ...command, operands: ['MODEL', 'FILE...'] };
    expect(parseOptions(withSeveral, ['a', 'b', '--quiet', 'c'])).toEqual({ quiet: true, operands: ['a', 'b', 'c'] });
    expect(() => parseOptions(withSeveral, ['a'])).toThrow(new UsageError('FILE is missing; see npm run thing -- --help.'));
  });

  test('--help is made of the same table', () => {
    const help = [
      'Usage: npm run thing -- [options] CASE.json',
      'Does a thing.',
      '',
      '  --output-file FILE  where to',
      '  --quiet             say nothing',
      '  --help              show this',
    ].join('\n');
    expect(() => parseOptions(withOperand, ['--help'])).toThrow(new HelpRequest(help));
  });
});

describe('runCommand', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    process.exitCode = undefined;
  });

  async function run(main: Parameters<typeof runCommand>[0]) {
    const written = { stdout: '', stderr: '' };
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((written.stdout += String(text)), true));
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((written.stderr += String(text)), true));
    await runCommand(main);
    const exitCode = process.exitCode;
    process.exitCode = undefined;
    return { ...written, exitCode };
  }

  const failing = (error: unknown) => () => {
    throw error;
  };

  test.each([
    ['a misuse', new UsageError('Do it so.'), { stdout: '', stderr: 'Do it so.\n', exitCode: 2 }],
    ['a failure', new Error('It broke.\n  deep inside'), { stdout: '', stderr: 'It broke.\n', exitCode: 1 }],
    ['a call for help', new HelpRequest('Usage:\n  all'), { stdout: 'Usage:\n  all\n', stderr: '', exitCode: undefined }],
  ])('%s ends with its text and exit code', async (_, error, expected) => {
    expect(await run(failing(error))).toEqual(expected);
  });

  test('success is silent', async () => {
    expect(await run(() => undefined)).toEqual({ stdout: '', stderr: '', exitCode: undefined });
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('%s fires `stop` once, and the command ends by itself', async (signal) => {
    const listeners = process.listenerCount(signal);
    let freed = false;
    const ended = run(async (_, stop) => {
      await stopped(stop);
      await stopped(stop);
      freed = true;
    });
    process.emit(signal);
    expect((await ended).exitCode).toBeUndefined();
    expect(freed).toBe(true);
    expect(process.listenerCount(signal)).toBe(listeners);
  });
});
