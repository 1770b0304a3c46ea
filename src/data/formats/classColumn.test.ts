import { expect, it } from 'vitest';
import { parseCsv } from './csv.ts';

const form = { label: null, leftOut: [], categories: [], names: null, empty: 'impute', encoding: null, image: null } as const;

const csv = (title: string, row: (k: number) => string) =>
  Buffer.from(`${title}\n${Array.from({ length: 24 }, (_, k) => row(k)).join('\n')}`);

it.each([
  ['what is called the class, wherever it is', csv('Species,length', (k) => `${k % 2 ? 'a' : 'b'},${k}.5`), 'Species'],
  ['a class of numbers', csv('id,Survived,fare', (k) => `${k},${k % 2},${k}.25`), 'Survived'],
  ['of several names the surest', csv('category,class,size', (k) => `${k % 3},${k % 2},${k}.5`), 'class'],
  ['no coordinate', csv('x,y,kind', (k) => `${k}.5,${k % 3},${k % 2 ? 'a' : 'b'}`), 'kind'],
  ['no measurement, though it is called so', csv('kind,size,target', (k) => `${k % 2 ? 'a' : 'b'},3,${k}.5`), 'kind'],
  ['no column of which each value is another', csv('kind,size,note', (k) => `${k % 2 ? 'a' : 'b'},${k}.5,note ${k}`), 'kind'],
  ['no column with gaps', csv('kind,size,when', (k) => `${k % 2 ? 'a' : 'b'},${k}.5,${k % 2 ? '' : 'late'}`), 'kind'],
  ['the last of several that it could be', csv('colour,size,kind', (k) => `${k % 3 ? 'red' : 'blue'},${k}.5,${k % 2}`), 'kind'],
  ['the last, where nothing speaks for another', csv('a,b', (k) => `${k}.5,word ${k}`), 'b'],
  ['no value that looks like a name', Buffer.from('y,1.5,n\n'.repeat(9) + 'n,2.5,y\n'.repeat(9)), '3'],
])('takes for the class %s', (_, bytes, label) => {
  expect(parseCsv(bytes, form, 'a.csv').plan.label).toBe(label);
});

it('takes none that is left out', () => {
  const bytes = csv('species,size,kind', (k) => `${k % 2 ? 'a' : 'b'},${k}.5,${k % 2}`);
  expect(parseCsv(bytes, { ...form, leftOut: ['species'] }, 'a.csv').plan.label).toBe('kind');
});
