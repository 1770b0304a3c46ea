/** Inputs that people really have, as Node reads them; the browser is held to the same in `e2e/own.test.ts`. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseCsv } from '../data/formats/csv.ts';
import { CASES_FOLDER, folderCases, tableCases } from '../testing/cases.ts';
import { readImageFolder } from './imageFolder.ts';
import { projectRoot } from './paths.ts';

const pathOf = (name: string) => join(projectRoot, CASES_FOLDER, name);
const form = { label: null, leftOut: [], categories: [], names: null, empty: 'impute', encoding: null, image: null } as const;

test.each(Object.entries(tableCases))('%s is read as it is right', async (name, { label, right }) => {
  const { reading } = parseCsv(await readFile(pathOf(name)), { ...form, label }, name);
  const { rows, classes, columns, leftOut, dialect } = reading;
  expect({ rows, classes, columns, leftOut, encoding: dialect?.encoding, decimal: dialect?.decimal }).toEqual(right);
});

test.each(Object.entries(folderCases))('%s/ is read as it is right', async (name, { classes, leftOut }) => {
  const { reading } = await readImageFolder(pathOf(name), { size: { width: 28, height: 28 }, channels: 1, skipBroken: true });
  expect(reading.classes).toEqual(classes);
  const inFolder = leftOut.map((one) => ({
    ...one,
    count: one.examples.length,
    examples: one.examples.map((path) => pathOf(join(name, path))),
  }));
  expect(reading.leftOut).toEqual(inFolder);
});
