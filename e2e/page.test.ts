/** The page alone, over the gallery's fake client: every state looks right everywhere, and every control does its one thing. */

import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContextOptions, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../src/runner/browser.ts';
import { evolvedBy } from '../src/settings/presets.ts';
import { defaultSettings, withAlgorithm } from '../src/settings/settings.ts';
import type {} from './pages/gallery.tsx';
import { shots } from './screens/document.ts';
import { servePages, type PagesServer } from './support/pages.ts';

let server: PagesServer;
let browser: Browser;
let usual: Page;
let base: string;
const DESKTOP = { width: 1440, height: 900 };

beforeAll(async () => {
  server = await servePages();
  base = server.url('gallery');
  browser = await launchBrowser();
  usual = await browser.newPage({ viewport: DESKTOP });
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** A page that throws at the test's end if anything was wrong on its console: one for all tests, or a new one where it wants other options. */
async function withPage(options: BrowserContextOptions, use: (page: Page) => Promise<void>): Promise<void> {
  const isUsual = Object.keys(options).length === 0;
  const page = isUsual ? usual : await browser.newPage({ viewport: DESKTOP, ...options });
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`${page.url()}: ${message.text()}`);
  });
  try {
    await use(page);
    expect(complaints).toEqual([]);
  } finally {
    page.removeAllListeners();
    if (isUsual) {
      await page.mouse.move(0, 0);
      await page.setViewportSize(DESKTOP);
      await page.emulateMedia({ colorScheme: 'light' });
    } else await page.close();
  }
}

async function show(page: Page, state: string): Promise<void> {
  await page.goto(`${base}?state=${state}`);
  await page.waitForFunction(() => document.querySelector('#root main') !== null && 'gallery' in window);
  await isDrawn(page);
}

/** Shows a state without loading the page again. */
async function turnTo(page: Page, state: string): Promise<void> {
  if (!page.url().startsWith(base)) return show(page, state);
  await page.evaluate((name) => window.gallery.show(name), state);
  await isDrawn(page);
}

async function isDrawn(page: Page): Promise<void> {
  // The plots and the graph draw once their size has been observed.
  await page.waitForFunction(() => {
    const filled = (selector: string, content: string) =>
      [...document.querySelectorAll(selector)].every((element) => element.querySelector(content) !== null);
    return filled('.topology', 'svg') && filled('.plot', 'canvas');
  });
}

const commands = (page: Page) => page.evaluate(() => window.gallery.commands);

/** Words every state must say, so that a blank page cannot pass. */
const words: Readonly<Record<string, RegExp>> = {
  ownEmpty: /Teach it something of yours[^]*Drop a folder here[^]*Choose a folder[^]*None is sent to anyone/,
  ownFinding: /Looking through it[^]*3,100 files found[^]*Stop/,
  ownReading: /4,127 of 10,000 pictures[^]*Stop[^]*apples[^]*Left out[^]*2 files: broken/,
  ownTableReading: /31\.0\sMB of 96\.0\sMB gone through/,
  ownPictures:
    /412 pictures of 4 classes[^]*32 × 32 pixels in colour[^]*limes[^]*37[^]*6[^]*62 pictures, 15\s% of each class[^]*notes\.txt/,
  ownStopped: /Reading stopped at 4,127 of 10,000 pictures; those are kept\. Give the same folder again/,
  ownTable: /891 rows of 2 classes[^]*Age[^]*0\.42 to 80[^]*177[^]*1 column: has a word of its own/,
  ownAsked: /What do these 12 pictures show\?/,
  ownRefused: /This could not be read[^]*folders inside folders/,
  ownUnclear: /it cannot be told if it names the columns; say below if it does\.[^]*names the columns/,
  unknown: /Looking who is in room main/,
  nobody: /Nobody is in room main yet\. You would be the first\./,
  visitor: /5 clients are in room main now\./,
  serverless: /1 client is in room main now\.[^]*No meeting point here: tabs of this browser find each other\./,
  reloaded: /Go on[^]*This tab was in a run of this room: 7 of 20 rounds are done\./,
  plain: /This page came by plain http, so the browser withholds WebGPU/,
  closed: /2 clients are in room main now\.[^]*This room is closed: only who has its whole link gets in/,
  closedByHttp: /its secret is of use only over https: open the link with https instead of http\.\s+Go to room main/,
  door: /The door of room main[^]*lets people in by their names[^]*Your name[^]*Ask to be let in/,
  doorLooking: /Looking for whoever keeps the door[^]*Cancel/,
  doorWaiting: /They see that Anna asks to come in\. This page goes on by itself/,
  doorTurnedAway: /They have not let you in\.[^]*Ask again/,
  joining: /Connecting to the meeting point/,
  unreachable: /The meeting point does not answer; trying again by itself/,
  preparing: /Getting ready[^]*Fetching Fashion-MNIST, part 3 of 8/,
  table:
    /120 rows of island-penguins[^]*35 other classes[^]*2,831 rows of 7 columns in 40 classes[^]*a sketch hides nothing of so few values/,
  elsewhere: /no dataset "rocks"[^]*I have no samples\.[^]*The server of this page does not have it/,
  alone: /Waiting for 1 more tab[^]*https:\/\/sparkmesh\.example/,
  lobby: /6 clients are here[^]*Start[^]*my neighbours are 2 and 4/,
  invite: /Waiting for 1 more tab[^]*https:\/\/192\.168\.1\.20:8080\/\?room=main[^]*Another device opens the room with its camera/,
  inviteClosed: /closed room main[^]*closed=main#[\w-]{22}[^]*Another device opens[^]*Ask me before anyone comes in/,
  doorKept: /6 clients are here[^]*door=main#[\w-]{22}[^]*Ask me before anyone comes in/,
  doorCallers: /Anna asks to come in\.\s*Let in\s+Anna\s*Turn away\s+Anna[^]*Wolfe/,
  browserLobby: /No meeting point here: tabs of this browser find each other\.[^]*6 clients are here/,
  pairInvites: /room of two[^]*Connect another device[^]*1\. Open this link there[^]*Copy the link[^]*2\. Bring its answer here[^]*Scan it/,
  pairInvited: /Bring this answer back[^]*Copy the answer/,
  pairOver: /Not connected any more[^]*closed by the other end[^]*new link/,
  random: /3 random neighbours, new each round[^]*Neighbours get your samples themselves/,
  gradient: /Neighbours get your model’s weights and nothing else/,
  starting: /Round 1 of 20[^]*First round/,
  running: /Round 13 of 20[^]*waiting for client 4[^]*averaged model/,
  late: /going on without client 4[^]*✕ missed/,
  idle: /Round 13 of 20[^]*Nothing more learned for 6 rounds/,
  classes: /What is taken for what[^]*Pullover[^]*right[^]*Who holds which classes/,
  mistakes: /The worst mistakes[^]*Sneaker\s*taken for Ankle boot, 99\s% sure/,
  model: /Try it[^]*Draw something[^]*Take it home[^]*safetensors[^]*What it is[^]*the average of 6 clients, after 12 rounds/,
  tableModel: /bill length[^]*Ask of a CSV file[^]*Take it home/,
  runs: /Accuracy of the averaged model by run[^]*This run: [\d.]+\s% after 12 rounds[^]*Run 1: [^]*17 rounds of SPARKmesh[^]*seed 4/,
  otherData: /What is taken for what[^]*Pullover[^]*right[^]*Who holds which classes[^]*Macaroni penguins/,
  savedModel: /a saved model[^]*Choose a model/,
  pair: /Round 5 of 20[^]*my neighbour is 5/,
  crowd: /waiting for clients 4, 10 and 20/,
  broken: /✕ failed[^]*Client 5 has failed: The weights are not finite any more/,
  refused: /✕ lost[^]*Client 2 was disconnected: 32 of its frames cannot be used\./,
  waiting: /3 of 5 others are ready[^]*getting ready/,
  deserted: /Nobody else is here: training alone until someone joins\./,
  paused: /Paused in round 13 of 20[^]*Paused for everyone; anyone can resume\.[^]*Resume/,
  reached: /All 20 rounds are done[^]*Start again/,
  missed: /The others had done all 20 rounds/,
  settled: /Nothing more to learn after round 12[^]*recognises/,
  stopped: /Stopped after round 9 of 20/,
  cutoff: /Meeting point lost: open connections go on/,
  roomEmpty:
    /This room tells apple, limes, Pears, plums and quinces from 32 x 32 colour images\s+6 people are here, you among them, and 4 have brought 340 images[^]*Neighbours get your model’s weights and nothing else[^]*Bring data of yours/,
  roomPictures: /Take part with 264 images[^]*3 of your 4 classes are learned here by name[^]*apples[^]*148[^]*left out[^]*It is “apple”/,
  roomTable: /Your table has no column "Fares"; choose which of yours it is, or add it\.[^]*2 of the room’s 3 columns[^]*It is “Fare”/,
  roomLobby:
    /6 clients are here[^]*Client 2 is still choosing data[^]*260 images of my own to learn from, and 46 set aside[^]*everyone’s own/,
  roomReached:
    /of the images that everybody set aside[^]*of 72 images that everybody set aside, recognised[^]*Of my own 46 images set aside: [\d.]+\s% with the others’ help, 58\.0\s% alone/,
  roomClasses:
    /Of my own rows that nobody learned from, the averaged model knows 81\.9\s% and the model of my own knows[^]*Pears[^]*plums[^]*Who holds which classes[^]*limes/,
  roomMistakes: /Mistakes[^]*apple[^]*taken for[^]*limes/,
  roomModel: /Try it[^]*Choose a picture[^]*Take it home[^]*Web page/,
  roomTableMistakes: /taken for[^]*Age[^]*Sex[^]*Fares/,
  roomTableModel: /Age[^]*Sex[^]*Fares[^]*Take it home/,
  failed:
    /This client has failed[^]*training has diverged\. In the next run take a smaller step size[^]*this tab can go on in the run[^]*Reload this tab[^]*averaged model/,
  fallback: /WebGPU failed here, so WebAssembly goes on\.[^]*The graphics processor failed; this client goes on with WebAssembly/,
};

/** What is wrong with the layout, in words: nothing may stick out, be cut off or lie on something else. */
function layoutProblems(): string[] {
  const problems: string[] = [];
  const root = document.documentElement;
  if (root.scrollWidth > innerWidth) problems.push(`the page is ${root.scrollWidth - innerWidth} px too wide`);
  const tooHigh = root.scrollHeight - innerHeight;
  // What a person gives may be long.
  if (innerWidth >= 1080 && tooHigh > 0 && !document.querySelector('.own-place')) problems.push(`the page is ${tooHigh} px too high`);
  const name = (element: Element) => `"${element.textContent?.trim().slice(0, 40)}" (${element.className})`;
  for (const element of document.querySelectorAll<HTMLElement>('h1, h2, h3, p, button, th, td, label > span, .end-label')) {
    if (element.closest('.unseen, [popover]')) continue;
    const { left, right, width } = element.getBoundingClientRect();
    if (width > 0 && (left < -0.5 || right > innerWidth + 0.5)) problems.push(`${name(element)} sticks out of the window`);
    if (element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== 'inline') {
      problems.push(`${name(element)} is cut off`);
    }
  }
  for (const svg of document.querySelectorAll('.topology svg')) {
    const frame = svg.getBoundingClientRect();
    for (const part of svg.querySelectorAll('circle:not(.pulse), text')) {
      const box = part.getBoundingClientRect();
      if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1) {
        problems.push(`${name(part)} sticks out of the graph`);
      }
    }
  }
  const bars = ['.run-bar h2, .run-detail, .run-actions', '.top-bar > *'];
  const apart = [...bars, '.node circle', '.charts > figure', '.participation section'];
  const groups = apart.map((selector) => [...document.querySelectorAll(selector)]);
  for (const plot of document.querySelectorAll('.end-labels')) groups.push([...plot.querySelectorAll('.end-label, .end-mark')]);
  for (const row of document.querySelectorAll('tr, figcaption')) groups.push([...row.children]);
  for (const group of groups) {
    group.forEach((a, i) => {
      for (const b of group.slice(i + 1)) {
        const one = a.getBoundingClientRect();
        const other = b.getBoundingClientRect();
        const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
        const along = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
        if (across > 1.5 && along > 1.5) problems.push(`${name(a)} lies on ${name(b)}`);
      }
    });
  }
  return problems;
}

/** Larger first, as a window is made smaller. The rules of access are asked where the layout differs, those of colours once. */
const screens = [
  { viewport: DESKTOP, rules: ['all', null] },
  { viewport: { width: 1280, height: 720 }, rules: [null, null] },
  { viewport: { width: 390, height: 844 }, rules: ['all', 'colours'] },
] as const;

it('has words for every state of the gallery', () =>
  withPage({}, async (page) => {
    await show(page, 'running');
    const states = await page.evaluate(() => window.gallery.states);
    expect(states).toEqual(Object.keys(words));
    expect(states).toEqual(expect.arrayContaining(shots.map(({ state }) => state)));
  }));

it.each(Object.entries(words))(
  'the state %s says its words, keeps its layout and is accessible on every screen, in the light and in the dark',
  (state, said) =>
    withPage({}, async (page) => {
      await turnTo(page, state);
      // Some of it is loaded when it is looked at.
      await expect.poll(() => page.locator('#root').innerText()).toMatch(said);
      // What docs/SCREENS.md has pictures of.
      const parts = new Set(shots.flatMap((shot) => (shot.state === state ? shot.part : [])));
      for (const part of parts) await page.locator(part).first().waitFor({ state: 'attached' });
      for (const { viewport, rules } of screens) {
        await page.setViewportSize(viewport);
        for (const [k, colorScheme] of (['light', 'dark'] as const).entries()) {
          const where = `${viewport.width} px wide, ${colorScheme}`;
          await page.emulateMedia({ colorScheme });
          // What is drawn to size is drawn anew, and one may look at it meanwhile.
          await expect.poll(() => page.evaluate(layoutProblems), { message: where }).toEqual([]);
          const asked = rules[k];
          if (asked) expect(await page.evaluate((which) => window.gallery.violations(which), asked), where).toEqual([]);
        }
      }
    }),
);

describe('joining and leaving', () => {
  it('keeps one listener of each kind while it needs it, and none after', () =>
    withPage({}, async (page) => {
      await show(page, 'visitor');
      expect(await page.evaluate(() => window.gallery.listeners)).toBe(1);
      await show(page, 'running');
      const joined = await page.evaluate(() => window.gallery.listeners);
      expect(joined).toBeGreaterThan(0);
      await page.getByRole('button', { name: 'Numbers', exact: true }).click();
      expect(await page.evaluate(() => window.gallery.listeners)).toBe(joined);
      await page.getByRole('button', { name: 'Leave' }).click();
      await page.getByRole('button', { name: 'Try it with clothes' }).waitFor();
      // Back at the entrance only the count is watched.
      expect(await page.evaluate(() => ({ left: window.gallery.left, listeners: window.gallery.listeners }))).toEqual({
        left: 1,
        listeners: 1,
      });
      expect(await page.title()).toBe('sparkmesh');
    }));

  it('of a closed room without its secret says what is missing', () =>
    withPage({}, async (page) => {
      await page.goto(`${base}?state=visitor&closed=lab`);
      await page.getByText('This room is closed, and the link lacks its secret, the part after #').waitFor();
      expect(await page.getByRole('button').count()).toBe(0);
    }));

  it('of a closed room says who gets in, and invites with the secret', () =>
    withPage({}, async (page) => {
      const secret = 'c2VjcmV0LW9mLWEtcm9vbQ';
      await page.goto(`${base}?state=visitor&closed=main#${secret}`);
      await page.getByText('This room is closed: only who has its whole link gets in').waitFor();
      await page.goto(`${base}?state=alone&closed=main#${secret}`);
      await page.getByText('closed room main').waitFor();
      await page.getByRole('button', { name: 'QR code' }).click();
      await page.getByRole('img', { name: `QR code of https://sparkmesh.example/?closed=main#${secret}` }).waitFor();
      expect(await page.evaluate(() => window.gallery.violations('all'))).toEqual([]);
    }));

  it('of an open room leads to a closed one', () =>
    withPage({}, async (page) => {
      await show(page, 'visitor');
      const link = await page.getByRole('link', { name: 'Open a closed room' }).getAttribute('href');
      expect(link).toMatch(/\?closed=main#[\w-]{22}$/);
    }));

  it('refuses a room name that no server takes', () =>
    withPage({}, async (page) => {
      await page.goto(`${base}?state=visitor&room=a%20b`);
      await page.getByText('This link’s room name does not work').waitFor();
      expect(await page.getByRole('button').count()).toBe(0);
    }));
});

describe('the run', () => {
  it('starts with two or more, and not alone', () =>
    withPage({}, async (page) => {
      await show(page, 'alone');
      expect(await page.getByRole('button', { name: 'Start' }).isDisabled()).toBe(true);
      await show(page, 'lobby');
      await page.getByRole('button', { name: 'Start' }).click();
      expect(await commands(page)).toEqual([{ type: 'start' }]);
    }));

  it('is paused, resumed, stopped and started again', () =>
    withPage({}, async (page) => {
      await show(page, 'running');
      expect(await page.title()).toBe('Round 13 of 20 · sparkmesh');
      await page.getByRole('button', { name: 'Pause' }).click();
      await page.getByRole('button', { name: 'Stop' }).click();
      expect(await commands(page)).toEqual([{ type: 'pause' }, { type: 'stop' }]);
      await show(page, 'paused');
      await page.getByRole('button', { name: 'Resume' }).click();
      expect(await commands(page)).toEqual([{ type: 'resume' }]);
      await show(page, 'reached');
      await page.getByRole('button', { name: 'Change settings' }).click();
      await page.getByRole('heading', { name: 'What we will learn' }).waitFor();
      await page.getByRole('button', { name: 'Start again' }).click();
      expect(await commands(page)).toEqual([{ type: 'start' }]);
    }));

  it('tells the latest values as text, and all of them as a table', () =>
    withPage({}, async (page) => {
      await show(page, 'running');
      expect(await page.getByTestId('client-number').innerText()).toBe('3');
      for (const id of ['accuracy-averaged', 'accuracy-own', 'accuracy-mean']) {
        expect(await page.getByTestId(id).textContent()).toMatch(/^\d\d\.\d\s%$/);
      }
      const averaged = await page.getByTestId('accuracy-averaged').innerText();
      expect(await page.getByRole('img', { name: /^Accuracy by round/ }).getAttribute('aria-label')).toContain(averaged);
      await page.getByRole('button', { name: 'Numbers', exact: true }).click();
      const rows = page.getByRole('region', { name: 'Scores by round' }).locator('tbody tr');
      expect(await rows.count()).toBe(12);
      expect(await rows.first().innerText()).toContain(averaged);
      expect(await rows.first().innerText()).toMatch(/21 to 0\.83\s%$/);
      await page.getByRole('button', { name: 'evolve' }).focus();
      await page.getByRole('tooltip', { name: /Last time it took 21 products with the kernel, which left 0\.83\s% of/ }).waitFor();
    }));

  it('saves what is on the screen, each in the forms that others read', () =>
    withPage({}, async (page) => {
      await show(page, 'runs');
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByRole('button', { name: 'Who holds which classes as CSV' }).waitFor();
      expect(await page.evaluate(() => window.gallery.violations('all'))).toEqual([]);
      const beginnings = {
        'Accuracy by round as SVG': ['sparkmesh-accuracy-by-round.svg', '<svg'],
        'Accuracy of the averaged model by run as PNG': ['sparkmesh-accuracy-of-the-averaged-model-by-run.png', '\x89PNG'],
        'What is taken for what as PNG': ['sparkmesh-what-is-taken-for-what.png', '\x89PNG'],
        'Scores by round as CSV': ['sparkmesh-scores-by-round.csv', 'round,averaged accuracy,'],
        'The whole run as JSON': ['sparkmesh-the-whole-run.json', '{\n  "run": "run"'],
      };
      for (const [button, [name, beginning = '']] of Object.entries(beginnings)) {
        const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button, exact: true }).click()]);
        expect(saved.suggestedFilename()).toBe(name);
        expect((await readFile(await saved.path())).toString('latin1').slice(0, beginning.length)).toBe(beginning);
      }
    }));

  it('marks a client in the graph when the pointer is on its row', () =>
    withPage({}, async (page) => {
      await show(page, 'running');
      const marked = page.locator('.node.highlit');
      expect(await marked.count()).toBe(0);
      await page.getByRole('row', { name: /^2 / }).hover();
      expect(await marked.locator('text').first().innerHTML()).toBe('2');
    }));
});

describe('settings', () => {
  it('sends the whole settings on every change', () =>
    withPage({}, async (page) => {
      await show(page, 'lobby');
      await page.getByRole('combobox', { name: 'Method' }).selectOption('NTK-DFL');
      await page.getByRole('combobox', { name: 'Neighbours', exact: true }).selectOption('some at random');
      await page.getByRole('textbox', { name: 'Neighbours each' }).fill('4');
      await page.getByRole('textbox', { name: 'Rounds' }).fill('50');
      await page.getByRole('slider', { name: 'Evenness' }).press('End');
      await page.getByRole('radio', { name: 'only some' }).check();
      const sent = await commands(page);
      const changed = { ...withAlgorithm(defaultSettings(), 'ntk-dfl'), union: 6 };
      const regular = (degree: number) => ({ ...changed, topology: { kind: 'k-regular', degree, changing: false } });
      expect(sent).toEqual([
        { type: 'configure', settings: changed },
        { type: 'configure', settings: regular(3) },
        { type: 'configure', settings: regular(4) },
        { type: 'configure', settings: { ...regular(4), rounds: 50 } },
        { type: 'configure', settings: { ...regular(4), rounds: 50, partition: { kind: 'dirichlet', alpha: 10 } } },
        { type: 'configure', settings: { ...regular(4), rounds: 50, partition: { kind: 'shards', classes: 2 } } },
      ]);
    }));

  it('says why whole Jacobians of this model cannot be exchanged, and takes every other exchange and form of numbers', () =>
    withPage({}, async (page) => {
      await show(page, 'lobby');
      const menu = page.getByRole('combobox', { name: 'Neighbours get' });
      await menu.selectOption('whole Jacobians');
      await page
        .getByRole('alert')
        .filter({ hasText: /would send the Jacobian of its samples as 636 MB at once/ })
        .waitFor();
      expect(await menu.inputValue()).toBe('sketch');
      expect(await commands(page)).toEqual([]);
      await menu.selectOption('projected Jacobians');
      expect(await page.getByText('the Jacobian of its samples').count()).toBe(0);
      await page.getByText(/projection of the derivatives .* the sample can be rebuilt/).waitFor();
      await page.getByRole('radio', { name: 'dense' }).check();
      await page.getByRole('textbox', { name: 'Dimensions' }).fill('250');
      await page.getByRole('radio', { name: 'half precision' }).check();
      const projected = { ...defaultSettings(), exchange: 'projected' };
      expect(await commands(page)).toEqual([
        { type: 'configure', settings: projected },
        { type: 'configure', settings: { ...projected, projection: 'dense' } },
        { type: 'configure', settings: { ...projected, projection: 'dense', projectionSize: 250 } },
        { type: 'configure', settings: { ...projected, projection: 'dense', projectionSize: 250, wire: 'f16' } },
      ]);
    }));

  it('takes either kernel, the whole one with a step that follows the flow too, and weights that grow freely', () =>
    withPage({}, async (page) => {
      await show(page, 'lobby');
      const check = (name: string) => page.getByRole('radio', { name }).check();
      await page.getByText('The one step that fits all samples best').waitFor();
      await check('averaged over logits');
      expect(await page.getByRole('radio', { name: 'is solved for' }).count()).toBe(0);
      await check('whole');
      expect(await page.getByRole('radio', { name: 'follows the flow' }).isChecked()).toBe(true);
      await check('is solved for');
      await check('grow freely');
      await page.getByRole('textbox', { name: 'Patience' }).fill('5');
      await page.getByRole('textbox', { name: 'Patience' }).press('Enter');
      const { method } = defaultSettings();
      if (method.kind !== 'ntk') throw new Error('the default method has a kernel');
      const averaged = { ...method, kernel: 'averaged', evolution: evolvedBy('flow', method.evolution), pull: 0.02 } as const;
      const free = { ...method, evolution: { ...evolvedBy('ridge', method.evolution), prior: 0 } };
      const methods = [averaged, { ...averaged, kernel: 'whole' }, method, free];
      const sent = methods.map((used) => ({ ...defaultSettings(), method: used }));
      expect(await commands(page)).toEqual(
        [...sent, { ...sent.at(-1)!, patience: 5 }].map((settings) => ({ type: 'configure', settings })),
      );
    }));

  it('asks who gives the soft labels where there are any, and says what neighbours are told then', () =>
    withPage({}, async (page) => {
      await show(page, 'lobby');
      await page.getByRole('radio', { name: 'the neighbours’ mean' }).check();
      await page.getByText(/They are also told what your model and your neighbours’ models say/).waitFor();
      const { method } = defaultSettings();
      if (method.kind !== 'ntk') throw new Error('the default method has a kernel');
      const taught = { ...method, evolution: { ...method.evolution, teacher: 'neighbours' } };
      expect(await commands(page)).toEqual([{ type: 'configure', settings: { ...defaultSettings(), method: taught } }]);
      await page.getByRole('combobox', { name: 'Method' }).selectOption('NTK-DFL');
      await page.getByText('Soft labels from').waitFor({ state: 'detached' });
    }));

  it.each(['0', '-3', '1.5', 'many', '', '5001'])('takes no %j samples a client, and says why', (text) =>
    withPage({}, async (page) => {
      await show(page, 'lobby');
      const field = page.getByRole('textbox', { name: 'Samples a client' });
      await field.fill(text);
      await field.press('Enter');
      await page.getByText('Use a whole number from 2 to 5,000.').waitFor();
      expect(await commands(page)).toEqual([]);
      await field.fill('300');
      await field.press('Enter');
      expect(await commands(page)).toEqual([{ type: 'configure', settings: { ...defaultSettings(), samples: 300 } }]);
      expect(await page.getByText('Use a whole number').count()).toBe(0);
    }),
  );

  it('offers the data that the server has, also to a tab that lacks what the room has chosen', () =>
    withPage({}, async (page) => {
      await show(page, 'elsewhere');
      const menu = page.getByRole('combobox', { name: 'Data' });
      expect(await menu.locator('option').allInnerTexts()).toEqual(['rocks', 'Fashion-MNIST', 'MNIST', 'island-penguins']);
      await menu.selectOption('island-penguins');
      await page.getByText('2,831 rows of 7 columns in 40 classes.').waitFor();
      expect(await commands(page)).toEqual([{ type: 'configure', settings: { ...defaultSettings(), dataset: 'island-penguins' } }]);
    }));

  it('takes layers, says what neighbours get then, and refuses what cannot be trained', () =>
    withPage({}, async (page) => {
      await show(page, 'lobby');
      const convolutions = page.getByRole('textbox', { name: 'Convolutions' });
      const enter = async (text: string) => {
        await convolutions.fill(text);
        await convolutions.press('Enter');
      };
      await enter('8, many');
      await page.getByText('Use up to 4 whole numbers from 1 to 64').waitFor();
      await enter('4, 4, 4, 4');
      await page.getByText('Convolution 4 would read an image of only 1 x 1 pixels; use at most 3.').waitFor();
      expect(await commands(page)).toEqual([]);
      await enter('8,16');
      await page.getByText('tell about as much as the image itself').waitFor();
      expect(await page.getByText('use at most 3').count()).toBe(0);
      const hidden = page.getByRole('textbox', { name: 'Hidden layers' });
      await hidden.fill('');
      await hidden.press('Enter');
      const convolved = { ...defaultSettings(), convolutions: [8, 16] };
      expect(await commands(page)).toEqual([
        { type: 'configure', settings: convolved },
        { type: 'configure', settings: { ...convolved, hidden: [] } },
      ]);
    }));

  it('keeps the backend to this tab', () =>
    withPage({}, async (page) => {
      await show(page, 'lobby');
      await page.getByRole('radio', { name: 'WebAssembly' }).click();
      expect(await page.evaluate(() => window.gallery.backends)).toEqual(['wasm']);
      expect(await commands(page)).toEqual([]);
    }));

  it('copies the link', () =>
    withPage({ permissions: ['clipboard-read', 'clipboard-write'] }, async (page) => {
      await show(page, 'alone');
      await page.getByRole('button', { name: 'Copy link' }).click();
      await page.getByText('Copied').waitFor();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('https://sparkmesh.example/?room=main');
    }));
});

describe('terms', () => {
  it('are explained on focus and on hover, inside the window, until Escape', () =>
    withPage({ viewport: { width: 390, height: 844 } }, async (page) => {
      await show(page, 'running');
      const note = page.getByRole('tooltip', { name: /Test the new model/ });
      await page.getByRole('button', { name: 'evaluate' }).focus();
      await note.waitFor();
      const box = await note.boundingBox();
      expect(box!.x).toBeGreaterThanOrEqual(0);
      expect(box!.x + box!.width).toBeLessThanOrEqual(390);
      await page.keyboard.press('Escape');
      await note.waitFor({ state: 'hidden' });
      await page.getByRole('button', { name: 'evaluate' }).hover();
      await note.waitFor();
    }));
});

describe('motion', () => {
  const pulses = (page: Page) => page.locator('.pulse').count();

  it('shows bytes on the edges of this client until they have arrived', () =>
    withPage({}, async (page) => {
      await show(page, 'running');
      expect(await pulses(page)).toBe(0);
      await page.evaluate(() => window.gallery.moveBytes());
      // Out and in, for each of two neighbours.
      expect(await pulses(page)).toBe(4);
      await page.waitForFunction(() => document.querySelectorAll('.pulse').length === 0);
    }));

  it('draws only so many at once', () =>
    withPage({}, async (page) => {
      await show(page, 'running');
      await page.evaluate(async () => {
        for (let k = 0; k < 10; k++) {
          window.gallery.moveBytes();
          await new Promise((resolve) => setTimeout(resolve));
        }
      });
      expect(await pulses(page)).toBeLessThanOrEqual(12);
    }));

  it('stands still under reduced motion, and marks the edges instead', () =>
    withPage({ reducedMotion: 'reduce' }, async (page) => {
      await show(page, 'running');
      await page.evaluate(() => window.gallery.moveBytes());
      await page.waitForFunction(() => document.querySelectorAll('.edge.moving').length === 2);
      expect(await pulses(page)).toBe(0);
      expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
    }));
});

describe.each(['no-preference', 'reduce'] as const)('of rounds that have been painted, with motion: %s,', (reducedMotion) => {
  it('elements and styles leave nothing behind', () =>
    withPage({ reducedMotion }, async (page) => {
      await show(page, 'running');
      const tools = await page.context().newCDPSession(page);
      const held = async () => {
        await page.waitForFunction(() => document.getAnimations().length === 0);
        await tools.send('HeapProfiler.collectGarbage');
        return (await tools.send('Runtime.getHeapUsage')).embedderHeapUsedSize;
      };
      const paint = (rounds: number) => page.evaluate((count) => window.gallery.endRounds(count), rounds);
      await paint(100);
      const before = await held();
      await paint(300);
      expect((await held()) - before).toBeLessThan(100_000);
    }));
});
