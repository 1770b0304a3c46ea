/** Models as one HTML file that classifies offline: the safetensors file inside, and a program that reads it. It asks for nothing else. */

import { averageArea, formedImage } from '../data/formats/formedImage.ts';
import { logitsOf } from './forward.ts';
import { offlinePage } from './offlinePage.ts';
import { rowValues } from './rowValues.ts';
import { fromSafetensors, toSafetensors } from './safetensors.ts';
import { ModelFileError, momentsOf, type ModelCard, type SavedModel } from './savedModel.ts';

const MODEL_TAG = '<script type="application/octet-stream" id="model">';

/** Bytes at a time, a multiple of the three that make four letters. */
const PIECE = 3 * 2 ** 13;

function base64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let start = 0; start < bytes.length; start += PIECE) pieces.push(btoa(String.fromCharCode(...bytes.subarray(start, start + PIECE))));
  return pieces.join('');
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const style = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0 auto; padding: 1rem; max-width: 44rem; }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0.5rem 0; }
main { display: grid; gap: 1.5rem; grid-template-columns: repeat(auto-fit, minmax(min(18rem, 100%), 1fr)); }
canvas { width: 100%; max-width: 20rem; border: 1px solid; border-radius: 0.5rem; touch-action: none; cursor: crosshair; display: block; }
label { display: block; margin: 0.5rem 0; }
#fields label { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 0.5rem; align-items: center; overflow-wrap: anywhere; }
input, select, button { font: inherit; min-height: 2.5rem; max-width: 100%; box-sizing: border-box; }
#fields input, #fields select { width: 100%; }
#clear { margin: 0.5rem 0; }
input[type='checkbox'] { min-height: 0; }
#said { display: block; font-size: 1.5rem; font-weight: 600; overflow-wrap: anywhere; }
ol { list-style: none; margin: 1rem 0; padding: 0; }
li { display: grid; grid-template-columns: 1fr 6rem 4.5rem; gap: 0.5rem; align-items: center; overflow-wrap: anywhere; }
li span:last-child { text-align: end; font-variant-numeric: tabular-nums; }
meter { width: 100%; }
footer { margin-top: 2rem; font-size: 0.875rem; }`;

const imageInputs = `
<canvas id="pad" width="280" height="280" role="img" aria-label="The image that is classified; draw here, or choose a file below"></canvas>
<button id="clear" type="button">Clear</button>
<label>An image, chosen, dropped or pasted <input id="file" type="file" accept="image/*"></label>
<label><input id="invert" type="checkbox"> Swap light and dark</label>`;

const tableInputs = '<form id="fields" onsubmit="return false" aria-label="A row"></form>';

function origin({ rounds, participants, scores }: ModelCard): string {
  const trained = `Trained with sparkmesh by ${participants} ${participants === 1 ? 'participant' : 'participants'} in ${rounds} rounds.`;
  return scores ? `${trained} ${(100 * scores.accuracy).toFixed(1)} % right on ${scores.samples} samples that it had not seen.` : trained;
}

/** @throws {ModelFileError} of a model whose numbers no image gives. */
export function toHtml(model: SavedModel): Uint8Array<ArrayBuffer> {
  const { task, classes } = model.card;
  if (task.kind === 'images' && task.values !== 'bytes') {
    throw new ModelFileError(
      'A model of images whose numbers are no bytes can be asked by no page; save it as .safetensors, .onnx or .json.',
    );
  }
  const { mean, std } = momentsOf(task);
  const title = `Which of ${classes.length} classes?`;
  const names = classes.length > 12 ? `${classes.slice(0, 12).join(', ')} and ${classes.length - 12} more` : classes.join(', ');
  const shared = Object.entries({ logitsOf, rowValues, averageArea, formedImage }).map(([name, part]) => `${name}: ${part.toString()}`);
  // What compiles commands on the fly names functions by a helper of its own.
  const program = `const __name = (named) => named;\n(${offlinePage.toString()})({ ${shared.join(', ')} }, ${JSON.stringify({ mean, std })});`;
  const text = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src blob: data:">
<title>${title}</title>
<style>${style}
</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p>${escaped(names)}. Nothing that you enter leaves this page.</p>
</header>
<main>
<section aria-label="${task.kind === 'images' ? 'Image' : 'Row'}">${task.kind === 'images' ? imageInputs : tableInputs}
</section>
<section aria-label="Answer">
<output id="said" aria-live="polite"></output>
<ol id="ranking"></ol>
</section>
</main>
<footer>${escaped(origin(model.card))}</footer>
${MODEL_TAG}${base64(toSafetensors(model))}</script>
<script>
${program}
</script>
</body>
</html>
`;
  return new TextEncoder().encode(text);
}

/** Reads the model that a page of `toHtml` carries. @throws {ModelFileError} when it carries none. */
export function fromHtml(file: Uint8Array, where: string): SavedModel {
  const text = new TextDecoder().decode(file);
  const start = text.indexOf(MODEL_TAG) + MODEL_TAG.length;
  const end = text.indexOf('</script>', start);
  if (start < MODEL_TAG.length || end < 0) {
    throw new ModelFileError(`${where} is a page without a model; give a .safetensors or .html file that this project saved.`);
  }
  let letters: string;
  try {
    letters = atob(text.slice(start, end));
  } catch (error) {
    throw new ModelFileError(`${where} carries a broken model; save it again.`, { cause: error });
  }
  return fromSafetensors(
    Uint8Array.from(letters, (letter) => letter.charCodeAt(0)),
    where,
  );
}
