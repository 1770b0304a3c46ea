/** How a table is meant: which column is the class, what the others are, and what becomes of empty cells. A change reads it again. */

import { useId } from 'react';
import type { ColumnReading } from '../../../src/data/formats/reading.ts';
import type { CsvForm } from '../../../src/data/formats/csvForm.ts';
import { formatNumber } from '../../format.ts';
import { usePage } from '../../usePage.ts';
import { Choice } from '../settings/Choice.tsx';
import { ColumnRole, type Role } from './ColumnRole.tsx';
import './TableForm.css';

const EMPTY_NAMES = { impute: 'are filled and marked', skip: 'leave their row out', refuse: 'are refused' } as const;
const NAMES = { yes: 'names the columns', no: 'is a row', told: 'tell it from the file' } as const;

/** Encodings that nothing in a file tells apart. */
const encodings = [
  'utf-8',
  'windows-1252',
  'windows-1251',
  'windows-1250',
  'shift_jis',
  'gb18030',
  'big5',
  'euc-kr',
  'ibm866',
  'macintosh',
] as const;

const roleOf = (title: string, { label, leftOut, categories }: CsvForm): Role => {
  if (title === label) return 'class';
  if (leftOut.includes(title)) return 'out';
  return categories.includes(title) ? 'words' : 'seen';
};

/** The form in which a column has another role. */
function withRole(form: CsvForm, title: string, role: Role): CsvForm {
  const without = (names: readonly string[]) => names.filter((name) => name !== title);
  return {
    ...form,
    label: role === 'class' ? title : form.label === title ? null : form.label,
    leftOut: role === 'out' ? [...without(form.leftOut), title] : without(form.leftOut),
    categories: role === 'words' ? [...without(form.categories), title] : without(form.categories),
  };
}

function describe(column: ColumnReading | undefined): string {
  if (!column) return '';
  if (column.kind === 'category') {
    const shown = column.categories.slice(0, 4).join(', ');
    return `${shown}${column.categories.length > 4 ? ` and ${formatNumber(column.categories.length - 4)} more` : ''}`;
  }
  return column.least === column.greatest ? `${column.least} in every row` : `${column.least} to ${column.greatest}`;
}

/** What a column is by itself, in a word. */
function seenAs(columns: readonly ColumnReading[], title: string): string {
  if (columns.length === 0) return 'as it looks';
  const column = columns.find(({ name }) => name === title);
  if (!column) return 'passed over';
  return column.kind === 'number' ? 'numbers' : 'words';
}

interface TableFormProps {
  readonly titles: readonly string[];
  /** What was understood of them; of none where nothing could be. */
  readonly columns: readonly ColumnReading[];
  readonly asksEncoding: boolean;
}

export function TableForm({ titles, columns, asksEncoding }: TableFormProps) {
  const form = usePage(({ ownForm }) => ownForm);
  const readAs = usePage((page) => page.readAs);
  const change = (table: CsvForm) => readAs({ ...form, table });
  const known = new Map(columns.map((column) => [column.name, column]));
  const hasEmpty = columns.some(({ empty }) => empty > 0) || form.table.empty !== 'impute';
  return (
    <section className="table-form" aria-label="How the table is meant">
      {asksEncoding && <Encoding onChange={(encoding) => change({ ...form.table, encoding })} />}
      {titles.length > 0 && (
        <table className="own-table">
          <caption className="unseen">Columns</caption>
          <thead>
            <tr>
              <th scope="col">Column</th>
              <th scope="col">Is</th>
              {columns.length > 0 && <th scope="col">Has</th>}
              {columns.length > 0 && <th scope="col">Empty</th>}
            </tr>
          </thead>
          <tbody>
            {titles.map((title, k) => (
              <tr key={k}>
                <th scope="row">{title}</th>
                <td>
                  <ColumnRole
                    title={title}
                    role={roleOf(title, form.table)}
                    seen={seenAs(columns, title)}
                    onChange={(role) => change(withRole(form.table, title, role))}
                  />
                </td>
                {columns.length > 0 && <td className="quiet">{describe(known.get(title))}</td>}
                {columns.length > 0 && <td>{known.get(title)?.empty ? formatNumber(known.get(title)?.empty ?? 0) : ''}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div className="table-choices">
        {titles.length > 0 && (
          <Choice
            label="The first line"
            values={form.table.names === null ? ['told', 'yes', 'no'] : ['yes', 'no']}
            names={NAMES}
            value={form.table.names === null ? 'told' : form.table.names ? 'yes' : 'no'}
            onChange={(value) =>
              change({ ...form.table, label: null, leftOut: [], categories: [], names: value === 'told' ? null : value === 'yes' })
            }
          />
        )}
        {hasEmpty && (
          <Choice
            label="Empty cells"
            values={['impute', 'skip']}
            names={EMPTY_NAMES}
            value={form.table.empty}
            onChange={(empty) => change({ ...form.table, empty })}
            hint="An empty number becomes its column’s mean, an empty word a category of its own; a column marks them."
          />
        )}
      </div>
    </section>
  );
}

function Encoding({ onChange }: { onChange: (encoding: string) => void }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>Encoding</label>
      <span className="menu">
        <select id={id} defaultValue="" onChange={(event) => onChange(event.target.value)}>
          <option value="" disabled>
            choose one
          </option>
          {encodings.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </span>
    </div>
  );
}
