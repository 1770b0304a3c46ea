/** docs/SCREENS.md, and the pictures that it names. */

import { chapters, type Chapter, type Screen } from './screens.ts';

export const windows = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
} as const;
export type Kind = keyof typeof windows;

interface Shot {
  readonly state: string;
  /** Of its file. */
  readonly name: string;
  readonly kind: Kind;
  /** Selectors of what it shows. */
  readonly part: readonly string[];
}

/** The pictures of a screen. */
function shotsOf({ state, desktop, phone }: Screen): Shot[] {
  const wide: Shot = { state, name: `${state}.png`, kind: 'desktop', part: desktop };
  return phone ? [wide, { state, name: `${state}-phone.png`, kind: 'phone', part: phone }] : [wide];
}

/** Every picture. */
export const shots: readonly Shot[] = chapters.flatMap(({ screens }) => screens.flatMap(shotsOf));

/** How wide the document shows them at most, px. */
const shown = { desktop: 600, phone: 190 } as const;

const head = `# Screens

What the page says in states that are seldom seen, and to whom. \`npm run screens\` took the pictures, of the gallery by which the page is
tested (\`e2e/pages/\`): six clients on a ring, this one number 3, unless a screen says otherwise. How a run begins and ends is in
[WALK.md](WALK.md).
`;

function chapterText({ title, screens }: Chapter): string {
  const texts = screens.map((screen) => {
    const images = shotsOf(screen).map(({ name, kind }) => {
      const where = kind === 'phone' ? `${screen.title}, on a phone` : screen.title;
      return `<img alt="${where}" src="screens/${name}" width="${shown[kind]}">`;
    });
    return `### ${screen.title}\n\n${screen.says}\n\n${images.join('\n')}\n`;
  });
  return [`## ${title}\n`, ...texts].join('\n');
}

export const documentOf = (): string => [head, ...chapters.map(chapterText)].join('\n');
