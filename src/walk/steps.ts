/** The steps of the walk: what is said of each, and what is done for its picture. */

import type { Page } from 'playwright';

/** Where the people of the walk are, and what they have on their disks. */
export interface Stage {
  /** The start page. */
  readonly address: string;
  readonly anna: Page;
  /** On a phone. */
  readonly ben: Page;
  /** Folders of pictures. */
  readonly folders: { readonly anna: string; readonly ben: string };
  /** A picture that nobody has given. */
  readonly unseen: string;
  /** Where what a page saves is put. @returns its address. */
  readonly kept: (page: Page, button: string) => Promise<string>;
}

export interface Step {
  /** Names its picture, too. */
  readonly name: string;
  readonly title: string;
  /** Markdown, without the picture. */
  readonly words: string;
  /** Does it, and waits until there is something to see. @returns the page to take a picture of. */
  readonly take: (stage: Stage) => Promise<Page>;
}

const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).click();
const look = (page: Page, view: string) => page.getByRole('button', { name: view, exact: true }).click();
const titled = (page: Page, words: string | RegExp) => page.getByRole('heading', { name: words }).waitFor();
const give = (page: Page, label: string, files: string) =>
  page.getByLabel(label, { exact: true }).and(page.locator('input')).setInputFiles(files);

export const steps: readonly Step[] = [
  {
    name: 'entrance',
    title: 'Open the page',
    words: `Anna opens the address that the terminal shows, and presses **Teach it something of yours**.`,
    async take({ address, anna }) {
      await anna.goto(address);
      await anna.getByRole('button', { name: 'Teach it something of yours' }).waitFor();
      return anna;
    },
  },
  {
    name: 'give',
    title: 'Give it a folder',
    words: `Her pictures lie in a folder with a folder for each kind: \`circles/\` and \`triangles/\`. She drops it on the page, or presses
**Choose a folder**. Single pictures, the clipboard, the camera, a CSV or IDX files would do as well.`,
    async take({ anna }) {
      await press(anna, 'Teach it something of yours');
      await titled(anna, 'Teach it something of yours');
      return anna;
    },
  },
  {
    name: 'review',
    title: 'See what was read, and what was not',
    words: `The page shows every class with its pictures, what it has left out and why, and what it sets aside for testing. All of it is read in
this tab and kept in this browser; nothing has been sent. Anna has no squares, but Ben has, so she names them under
**Classes that only others have**.`,
    async take({ anna, folders }) {
      await give(anna, 'Choose a folder', folders.anna);
      await anna.getByLabel('Classes that only others have').fill('squares');
      return anna;
    },
  },
  {
    name: 'invite',
    title: 'Open a room, and invite others',
    words: `**Open a room that learns this** makes a closed room. Its link has the secret without which nobody gets in; Anna sends it to Ben, who
may as well scan the code.`,
    async take({ anna }) {
      await press(anna, 'Open a room that learns this');
      await titled(anna, 'Waiting for 1 more tab');
      await press(anna, 'QR code');
      await anna.getByRole('img', { name: /QR code/ }).waitFor();
      return anna;
    },
  },
  {
    name: 'invited',
    title: 'Ben reads what it is about',
    words: `On his phone, before he shares anything: what is learned, who is there with how much, and what others will see of him.`,
    async take({ anna, ben }) {
      await anna.keyboard.press('Escape');
      await ben.goto(await anna.locator('.invitation .url').innerText());
      await press(ben, 'See what it learns');
      await titled(ben, /^This room tells/);
      return ben;
    },
  },
  {
    name: 'fits',
    title: 'Ben brings his own',
    words: `Ben gives a folder with \`squares/\` and \`triangles/\`. The page says how his classes fit those of the room. With **Take part** the
room is told how many pictures he has of each class, and the mean and spread of each colour; no picture leaves his phone.`,
    async take({ ben, folders }) {
      await give(ben, 'Choose a folder', folders.ben);
      await ben.getByRole('button', { name: /^Take part with/ }).scrollIntoViewIfNeeded();
      return ben;
    },
  },
  {
    name: 'start',
    title: 'Start',
    words: `When two have brought data, anyone can press **Start**.`,
    async take({ anna, ben }) {
      await press(ben, /^Take part with/);
      await anna.getByText('Anyone can start, and more can join.', { exact: true }).waitFor();
      return anna;
    },
  },
  {
    name: 'learned',
    title: 'Watch it learn',
    words: `Both tabs train on their own pictures and exchange weights alone. The chart is of pictures that each has set aside, Anna's and Ben's;
beside it stands what the common model knows of one's own, and what one would have reached alone.`,
    async take({ anna }) {
      await press(anna, /^Start$/);
      await titled(anna, /rounds are done$/);
      await anna.getByTestId('accuracy-alone').waitFor();
      return anna;
    },
  },
  {
    name: 'classes',
    title: 'See what it takes for what',
    words: `**Classes** counts what is taken for what, and who holds which; **Mistakes** shows the pictures that it gets wrong, in the tab of whoever has them.`,
    async take({ anna }) {
      await look(anna, 'Classes');
      await anna.getByRole('region', { name: 'What is taken for what' }).waitFor();
      return anna;
    },
  },
  {
    name: 'use',
    title: 'Use it',
    words: `Under **Use it** Anna gives it a picture that nobody had, of a kind that she had none of. The buttons below save the model: for tfjs,
ONNX or safetensors, or as a web page.`,
    async take({ anna, unseen }) {
      await look(anna, 'Use it');
      await anna.locator('input[aria-label="Choose a picture"]').setInputFiles(unseen);
      await anna.getByTestId('answer').waitFor();
      return anna;
    },
  },
  {
    name: 'home',
    title: 'Take it home',
    words: `**Web page** saves one file that classifies without a network, without sparkmesh and without a server. \`npm run predict\` asks the same
file, and **Use a saved model** at the entrance opens it again.`,
    async take({ anna, ben, unseen, kept }) {
      await ben.goto(await kept(anna, 'Web page'));
      await ben.locator('#file').setInputFiles(unseen);
      await ben.locator('#said').filter({ hasText: '%' }).waitFor();
      return ben;
    },
  },
];
