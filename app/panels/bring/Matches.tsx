/** What of one's own data is what in the room's task: by name, and where a name is another, by a choice. */

import type { OwnData } from '../../../src/own/ownData.ts';
import { nameKey, type TableTask, type Task } from '../../../src/settings/task.ts';
import type { Fit } from '../../../src/task/fit.ts';
import { formatCount, formatList, formatNumber } from '../../format.ts';
import { usePage } from '../../usePage.ts';
import './Matches.css';
import { NameChoice } from './NameChoice.tsx';
import { useFit } from './useFit.ts';

export function Matches({ data, task }: { data: OwnData; task: Task }) {
  const fit = useFit(data, task);
  return (
    <section className="matches" aria-labelledby="matches-title">
      <h3 id="matches-title">How it fits</h3>
      {task.kind === 'table' && data.kind === 'table' && <Columns fit={fit} task={task} data={data} />}
      <Classes fit={fit} task={task} />
    </section>
  );
}

const quoted = (names: readonly string[]) => formatList(names.map((name) => `“${name}”`));

function Classes({ fit: { classes }, task }: { fit: Fit; task: Task }) {
  const acceptClass = usePage((page) => page.acceptClass);
  const others = classes.filter(({ name, taken }) => taken === null || nameKey(taken) !== nameKey(name));
  const found = new Set(classes.map(({ taken }) => taken));
  const absent = task.classNames.filter((name) => !found.has(name));
  return (
    <>
      <p>
        {formatNumber(classes.length - others.length)} of your {formatCount(classes.length, 'class')}{' '}
        {classes.length - others.length === 1 ? 'is' : 'are'} learned here by name.
        {absent.length > 0 && absent.length < task.classNames.length && ` You have no ${formatList(absent)}; others may.`}
      </p>
      {others.length > 0 && (
        <table className="own-table">
          <caption className="unseen">Classes of other names</caption>
          <thead>
            <tr>
              <th scope="col">Your class</th>
              <th scope="col">{task.kind === 'images' ? 'Pictures' : 'Rows'}</th>
              <th scope="col">Is</th>
            </tr>
          </thead>
          <tbody>
            {others.map(({ name, rows, taken, near }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{formatNumber(rows)}</td>
                <td>
                  <NameChoice
                    label={`What ${name} is here`}
                    none="left out"
                    names={task.classNames}
                    value={taken}
                    near={near}
                    onChange={(chosen) => acceptClass(name, chosen)}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

interface ColumnsProps {
  readonly fit: Fit;
  readonly task: TableTask;
  readonly data: Extract<OwnData, { kind: 'table' }>;
}

function Columns({ fit: { columns, unused }, task, data: { titles, form } }: ColumnsProps) {
  const acceptColumn = usePage((page) => page.acceptColumn);
  const ownForm = usePage((page) => page.ownForm);
  const readAs = usePage((page) => page.readAs);
  const others = columns.filter(({ name, taken }) => taken === null || nameKey(taken) !== nameKey(name));
  const label = form?.label ?? null;
  const isLabelOther = label !== null && nameKey(label) !== nameKey(task.label);
  const free = titles.filter((title) => title !== label && !columns.some(({ taken }) => taken === title));
  return (
    <>
      <p>
        {formatNumber(columns.length - others.length)} of the room’s {formatCount(columns.length, 'column')}{' '}
        {columns.length - others.length === 1 ? 'is' : 'are'} in your table{task.names ? ', by name' : ', in their order'}.
      </p>
      {(others.length > 0 || isLabelOther) && (
        <table className="own-table">
          <caption className="unseen">Columns of other names</caption>
          <thead>
            <tr>
              <th scope="col">The room’s column</th>
              <th scope="col">Has</th>
              <th scope="col">Is your</th>
            </tr>
          </thead>
          <tbody>
            {isLabelOther && (
              <tr>
                <th scope="row">{task.label}</th>
                <td className="quiet">the class</td>
                <td>
                  <NameChoice
                    label={`Which of yours is ${task.label}`}
                    none={null}
                    names={titles}
                    value={label}
                    near={null}
                    onChange={(chosen) => readAs({ ...ownForm, table: { ...ownForm.table, label: chosen } })}
                  />
                </td>
              </tr>
            )}
            {others.map(({ name, taken, near }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td className="quiet">{task.columns.find((column) => column.name === name)?.kind === 'number' ? 'numbers' : 'words'}</td>
                <td>
                  <NameChoice
                    label={`Which of yours is ${name}`}
                    none="choose one"
                    names={taken === null ? free : [taken, ...free]}
                    value={taken}
                    near={near}
                    onChange={(chosen) => acceptColumn(name, chosen)}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {unused.length > 0 && (
        <p className="small quiet">
          Not learned from here: {unused.length > 8 ? formatCount(unused.length, 'other column') : quoted(unused)}.
        </p>
      )}
    </>
  );
}
