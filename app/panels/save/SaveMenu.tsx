/** Everything on the screen, each in the forms that other programs read. */

import { useState } from 'react';
import { runShown, settingsShown } from '../../runs.ts';
import { save, saveText } from '../../ui/save.ts';
import { usePage, useView } from '../../usePage.ts';
import { useInputs } from '../model/useInputs.ts';
import { chartsOf } from '../results/chartModels.ts';
import { overlayChart } from '../see/overlay.ts';
import { holdings } from '../see/holdings.ts';
import { pngOf } from './raster.ts';
import { chartSvg, matrixSvg, type Palette } from './svg.ts';
import { chartCsv, confusionCsv, holdingsCsv, runJson, scoresCsv } from './texts.ts';

type Form = 'SVG' | 'PNG' | 'CSV' | 'JSON';

interface Savable {
  readonly title: string;
  /** The text of each form that there is; a PNG is made of the SVG. */
  readonly texts: Partial<Record<Exclude<Form, 'PNG'>, () => string>>;
}

const types = { SVG: 'image/svg+xml', CSV: 'text/csv', JSON: 'application/json' } as const;

/** The page's colours as they are now, in the light or in the dark. */
function palette(): Palette {
  const style = getComputedStyle(document.documentElement);
  return (token) => style.getPropertyValue(token).trim();
}

const fileName = (title: string) => `sparkmesh ${title.toLowerCase()}`.replaceAll(/\W+/g, '-');

export default function SaveMenu() {
  const view = useView((state) => state);
  const others = usePage((page) => page.others);
  const runs = usePage((page) => page.runs);
  const inputs = useInputs(view.settings);
  // The room's data may be others by now than those of the run.
  const ofRun = useInputs(settingsShown(runs, view));
  const [problem, setProblem] = useState<string | null>(null);
  const { own, summaries, self, alone, settings, share } = view;
  const held = share?.classNames ?? [];
  const names = ofRun.kind === 'found' ? ofRun.inputs.classes : [];
  const confusion = summaries.at(-1)?.confusion ?? [];
  const holders = holdings(view, inputs.kind === 'found' ? inputs.inputs.trainCounts : null);
  const earlier = runs.filter(({ id }) => id !== view.run);
  const overlay = earlier.length > 0 ? [overlayChart(earlier, runShown(view))] : [];
  const taken = 'What is taken for what';
  const savable: readonly Savable[] = [
    ...[...chartsOf({ own, summaries, self, others, alone }, settings.rounds), ...overlay].map((chart) => ({
      title: chart.title,
      texts: { SVG: () => chartSvg(chart, palette()), CSV: () => chartCsv(chart) },
    })),
    { title: taken, texts: { SVG: () => matrixSvg(taken, confusion, names, palette()), CSV: () => confusionCsv(confusion, names) } },
    { title: 'Who holds which classes', texts: { CSV: () => holdingsCsv(holders, held) } },
    { title: 'Scores by round', texts: { CSV: () => scoresCsv(view) } },
    { title: 'The whole run', texts: { JSON: () => runJson(view) } },
  ];

  const give = async ({ title, texts }: Savable, form: Form) => {
    const name = `${fileName(title)}.${form.toLowerCase()}`;
    const make = texts[form === 'PNG' ? 'SVG' : form];
    if (!make) return;
    if (form !== 'PNG') return saveText(name, make(), types[form]);
    try {
      save(name, await pngOf(make()));
    } catch {
      setProblem('This browser made no PNG; save the SVG.');
    }
  };

  return (
    <>
      <table className="save-menu">
        <caption className="unseen">What can be saved</caption>
        <tbody>
          {savable.map((item) => {
            const forms = (['SVG', 'CSV', 'JSON'] as const).filter((form) => item.texts[form]);
            const all: readonly Form[] = forms.flatMap((form): Form[] => (form === 'SVG' ? ['SVG', 'PNG'] : [form]));
            return (
              <tr key={item.title}>
                <th scope="row">{item.title}</th>
                <td>
                  {all.map((form) => (
                    <button
                      key={form}
                      type="button"
                      className="link"
                      aria-label={`${item.title} as ${form}`}
                      onClick={() => void give(item, form)}
                    >
                      {form}
                    </button>
                  ))}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {problem !== null && <p role="alert">{problem}</p>}
    </>
  );
}
