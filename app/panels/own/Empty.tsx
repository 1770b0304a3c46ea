/** Where nothing has been given yet: what can be, and how. */

import { CameraButton } from './CameraButton.tsx';
import { DrawingButton } from './DrawingButton.tsx';
import './Empty.css';
import { GiveButtons } from './GiveButtons.tsx';

export function Empty() {
  return (
    <div className="own-empty">
      <h2>Teach it something of yours</h2>
      <section className="drop" aria-label="Give data">
        <p className="drop-lead">
          Drop a folder here
          <span className="quiet">, a CSV file, or paste a picture</span>
        </p>
        <p className="drop-ways">
          <GiveButtons first />
          <CameraButton />
          <DrawingButton />
        </p>
      </section>
      <dl className="own-kinds">
        <div>
          <dt>Pictures</dt>
          <dd>
            A folder with one folder for each thing to tell apart, such as <em>cats</em> and <em>dogs</em>, with a few dozen pictures in
            each: PNG, JPEG, WebP, GIF or AVIF.
          </dd>
        </div>
        <div>
          <dt>A table</dt>
          <dd>A CSV file from any spreadsheet, a row an example: numbers, words and empty cells, and one column that says what it is.</dd>
        </div>
        <div>
          <dt>IDX files</dt>
          <dd>Images and their labels as MNIST’s relatives come, packed by gzip or not: give both files at once.</dd>
        </div>
        <div>
          <dt>Where it stays</dt>
          <dd>Your files are read in this tab and kept in this browser. None is sent to anyone, now or later.</dd>
        </div>
      </dl>
    </div>
  );
}
