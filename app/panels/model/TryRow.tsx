/** A model of a table, asked of a row that is typed in, or of all rows of a CSV file. Nothing of it leaves this tab. */

import { useState } from 'react';
import type { Table, TableColumn } from '../../../src/data/columns.ts';
import { DatasetError } from '../../../src/data/dataset.ts';
import type { Answer } from '../../../src/export/classify.ts';
import { predictionsCsv, type Prediction } from '../../../src/export/predictionsCsv.ts';
import { rowsIn } from '../../../src/export/rowsIn.ts';
import { rowValues } from '../../../src/export/rowValues.ts';
import { wholeFile } from '../../../src/own/files.ts';
import type { GivenFile } from '../../../src/own/ownData.ts';
import { formatCount } from '../../format.ts';
import { ChooseFile } from '../../ui/ChooseFile.tsx';
import { saveText } from '../../ui/save.ts';
import { useDroppedFile } from '../../ui/useDropped.ts';
import { AnswerList } from './AnswerList.tsx';

interface TryRowProps {
  readonly table: Table;
  readonly classes: readonly string[];
  readonly ask: (input: ArrayLike<number>) => Answer;
}

interface CellFieldProps {
  readonly column: TableColumn;
  readonly named: boolean;
  /** As it stands in the field; empty for none. */
  readonly text: string;
  readonly onChange: (text: string) => void;
}

function CellField({ column, named, text, onChange }: CellFieldProps) {
  return (
    <label>
      <span>{named ? column.name : `column ${column.name}`}</span>
      {column.kind === 'number' ? (
        <input
          type="number"
          step="any"
          value={text}
          placeholder={String(Number(column.mean.toPrecision(4)))}
          onChange={({ target }) => onChange(target.value)}
        />
      ) : (
        <select value={text} onChange={({ target }) => onChange(target.value)}>
          <option value="">(none)</option>
          {column.categories.map((category) => (
            <option key={category}>{category}</option>
          ))}
        </select>
      )}
    </label>
  );
}

type Bulk =
  | { readonly kind: 'answered'; readonly file: string; readonly predictions: readonly Prediction[] }
  | { readonly kind: 'refused'; readonly why: string };

const cellOf = ({ kind }: TableColumn, text: string) => (text === '' ? null : kind === 'number' ? Number(text) : text);

export function TryRow({ table, classes, ask }: TryRowProps) {
  const { columns, named } = table;
  const [texts, setTexts] = useState<readonly string[]>(columns.map(() => ''));
  const [bulk, setBulk] = useState<Bulk | null>(null);
  const [isOver, setOver] = useState(false);

  const read = async (given: GivenFile) => {
    try {
      const rows = rowsIn(await wholeFile(given), table, given.path);
      setBulk({
        kind: 'answered',
        file: given.path,
        predictions: rows.map(({ line, values }) => ({ file: given.path, line, ...ask(values) })),
      });
    } catch (error) {
      if (!(error instanceof DatasetError)) throw error;
      setBulk({ kind: 'refused', why: error.message });
    }
  };
  useDroppedFile(read, setOver);

  const cells = columns.map((column, i) => cellOf(column, texts[i] ?? ''));
  return (
    <div className={`try ${isOver ? 'over' : ''}`}>
      <div>
        <form className="row-form small" aria-label="A row" onSubmit={(event) => event.preventDefault()}>
          {columns.map((column, i) => (
            <CellField key={i} column={column} named={named} text={texts[i] ?? ''} onChange={(text) => setTexts(texts.with(i, text))} />
          ))}
        </form>
      </div>
      <div>
        <AnswerList answer={ask(rowValues(columns, cells))} classes={classes} />
        <p className="try-ways">
          <ChooseFile label="Ask of a CSV file" accept=".csv,.tsv,.txt,text/csv" onFile={(file) => void read({ path: file.name, file })} />
        </p>
        {bulk?.kind === 'refused' && <p role="alert">{bulk.why}</p>}
        {bulk?.kind === 'answered' && <BulkAnswer {...bulk} classes={classes} />}
      </div>
    </div>
  );
}

interface BulkAnswerProps {
  readonly file: string;
  readonly predictions: readonly Prediction[];
  readonly classes: readonly string[];
}

function BulkAnswer({ file, predictions, classes }: BulkAnswerProps) {
  const counts = classes.map((name, c) => ({ name, count: predictions.filter(({ best }) => best === c).length }));
  const found = counts.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
  const answers = `${file.replace(/\.[^.]*$/, '')}-answers.csv`;
  return (
    <div role="status">
      <p>
        {formatCount(predictions.length, 'row')} of {file}: {found.map(({ name, count }) => `${count} ${name}`).join(', ')}.
      </p>
      <button type="button" className="link" onClick={() => saveText(answers, predictionsCsv(predictions, classes), 'text/csv')}>
        Save all answers as CSV
      </button>
    </div>
  );
}
