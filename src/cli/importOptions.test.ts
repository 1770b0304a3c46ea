import { describe, expect, test } from 'vitest';
import { HelpRequest, UsageError } from './commandLine.ts';
import { parseImport } from './importOptions.ts';

const parse = (line: string) => parseImport(line.split(' ').filter(Boolean));

test('without options there is nothing to import', () => expect(parse('')).toBeNull());

describe('places', () => {
  const form = { label: null, leftOut: [], categories: [], names: null, empty: 'impute', encoding: null, image: null };
  const folder = { kind: 'folder', folder: 'pets', form: { size: { width: 28, height: 28 }, channels: 1, skipBroken: false } };
  test.each<[string, object]>([
    ['--csv iris.csv', { train: { kind: 'csv', file: 'iris.csv', form }, test: 0.15 }],
    [
      '--csv a.csv --label-column species --leave-out id,date',
      { train: { kind: 'csv', file: 'a.csv', form: { ...form, label: 'species', leftOut: ['id', 'date'] } }, test: 0.15 },
    ],
    ['--csv a.csv --size 5x4', { train: { kind: 'csv', file: 'a.csv', form: { ...form, image: { width: 5, height: 4 } } }, test: 0.15 }],
    [
      '--csv a.csv --test-csv b.csv --label-column 1',
      {
        train: { kind: 'csv', file: 'a.csv', form: { ...form, label: '1' } },
        test: { kind: 'csv', file: 'b.csv', form: { ...form, label: '1' } },
      },
    ],
    [
      '--csv a.csv --names no --categories zip,sex --empty skip --encoding Latin1',
      {
        train: {
          kind: 'csv',
          file: 'a.csv',
          form: { ...form, names: false, categories: ['zip', 'sex'], empty: 'skip', encoding: 'Latin1' },
        },
        test: 0.15,
      },
    ],
    ['--images pets', { train: folder, test: 0.15 }],
    ['--images pets --skip-broken', { train: { ...folder, form: { ...folder.form, skipBroken: true } }, test: 0.15 }],
    ['--images pets --test-fraction 0.5', { train: folder, test: 0.5 }],
    [
      '--images pets --test-images more --size 256x256',
      {
        train: { ...folder, form: { size: { width: 256, height: 256 }, channels: 1, skipBroken: false } },
        test: { kind: 'folder', folder: 'more', form: { size: { width: 256, height: 256 }, channels: 1, skipBroken: false } },
      },
    ],
    ['--idx-images i --idx-labels l', { train: { kind: 'idx', images: 'i', labels: 'l' }, test: 0.15 }],
    [
      '--idx-images i --idx-labels l --test-idx-images ti --test-idx-labels tl',
      { train: { kind: 'idx', images: 'i', labels: 'l' }, test: { kind: 'idx', images: 'ti', labels: 'tl' } },
    ],
  ])('%s', (line, request) => expect(parse(`--name mine ${line}`)).toEqual({ name: 'mine', ...request }));
});

describe('what cannot be is refused in one sentence', () => {
  const see = 'see npm run prepare-data -- --help.';
  test.each([
    ['--csv a.csv', 'The dataset needs a name; add one, e.g. --name my-data.'],
    ['--name mnist --csv a.csv', '--name mnist is a built-in dataset; choose another name.'],
    ['--name ../up --csv a.csv', `--name cannot be "../up": it must be a name of small letters, digits and dashes; ${see}`],
    [
      `--name ${'a'.repeat(65)} --csv a.csv`,
      `--name cannot be "${'a'.repeat(65)}": it must be a name of small letters, digits and dashes; ${see}`,
    ],
    ['--name mine', 'There is no data to pack; add --csv FILE, --images FOLDER, or --idx-images FILE --idx-labels FILE.'],
    ['--name mine --test-csv a.csv', 'There is no data to pack; add --csv FILE, --images FOLDER, or --idx-images FILE --idx-labels FILE.'],
    ['--name mine --csv a.csv --images b', '--images does not apply to --csv; leave one of them out.'],
    ['--name mine --csv a.csv --test-images b', '--test-images does not apply to --csv; leave one of them out.'],
    ['--name mine --images a --label-column b', '--label-column does not apply to --images; leave one of them out.'],
    ['--name mine --idx-images a --idx-labels b --size 2x2', '--size does not apply to --idx-images; leave one of them out.'],
    [
      '--name mine --images a --test-images b --test-fraction 0.5',
      '--test-fraction does not apply to data for testing; leave one of them out.',
    ],
    [
      '--name mine --idx-images a',
      'IDX data is two files; give images and labels, --idx-images with --idx-labels, --test-idx-images with --test-idx-labels.',
    ],
    [
      '--name mine --idx-images a --idx-labels b --test-idx-labels c',
      'IDX data is two files; give images and labels, --idx-images with --idx-labels, --test-idx-images with --test-idx-labels.',
    ],
    ['--name mine --images a --size 28', `--size cannot be "28": it must be width x height such as 28x28, at most 65536 pixels; ${see}`],
    [
      '--name mine --images a --size 257x256',
      `--size cannot be "257x256": it must be width x height such as 28x28, at most 65536 pixels; ${see}`,
    ],
    ['--name mine --images a --size 0x5', `--size cannot be "0x5": it must be width x height such as 28x28, at most 65536 pixels; ${see}`],
    ['--name mine --images a --test-fraction 1', `--test-fraction cannot be "1": it must be at most 0.9; ${see}`],
    ['--name mine --csv a --encoding none', `--encoding cannot be "none": it must be an encoding such as utf-8 or windows-1252; ${see}`],
    ['--name mine --csv a --names maybe', `--names cannot be "maybe": it must be yes or no; ${see}`],
    ['--name mine --csv a --skip-broken', '--skip-broken does not apply to --csv; leave one of them out.'],
    ['--name mine --images a --empty skip', '--empty does not apply to --images; leave one of them out.'],
    ['--name mine --csv=', `--csv cannot be "": it must be a name; ${see}`],
  ])('%s', (line, sentence) => expect(() => parse(line)).toThrow(new UsageError(sentence)));
});

test('--help names every option', () => {
  expect(() => parse('--help')).toThrow(HelpRequest);
  expect(() => parse('--help')).toThrow(/Usage: npm run prepare-data[^]*--csv FILE[^]*--test-fraction F[^]*public\/data/);
});
