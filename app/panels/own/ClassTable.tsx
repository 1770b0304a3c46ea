/** The classes, each with some of its images, how many it has and how many of them are for testing. */

import { testRows } from '../../../src/data/split.ts';
import { TEST_FRACTION, type OwnData, type Preview } from '../../../src/own/ownData.ts';
import { formatNumber } from '../../format.ts';
import { Picture } from '../../ui/Picture.tsx';
import { classesByName } from './classesByName.ts';
import './ClassTable.css';

function previewsByClass(data: OwnData): ReadonlyMap<string, readonly Preview[]> {
  const found = new Map<string, Preview[]>();
  for (const preview of data.kind === 'images' ? data.previews : []) {
    found.set(preview.label, [...(found.get(preview.label) ?? []), preview]);
  }
  return found;
}

export function ClassTable({ data }: { data: OwnData }) {
  const classes = classesByName(data.reading.classes);
  const previews = previewsByClass(data);
  const most = Math.max(1, ...classes.map(({ rows }) => rows));
  return (
    <table className="own-classes">
      <caption className="unseen">Classes</caption>
      <thead>
        <tr>
          <th scope="col">Class</th>
          {previews.size > 0 && <th scope="col">Some of them</th>}
          <th scope="col">{data.kind === 'images' ? 'Pictures' : 'Rows'}</th>
          <th scope="col">For testing</th>
        </tr>
      </thead>
      <tbody>
        {classes.map(({ name, rows }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {previews.size > 0 && (
              <td>
                <span className="own-pictures">
                  {data.kind === 'images' &&
                    previews.get(name)?.map(({ values }, k) => <Picture key={k} values={values} form={data.form} name={name} />)}
                </span>
              </td>
            )}
            <td>
              <span className="amount">
                <span className="bar" style={{ '--part': rows / most }} />
                {formatNumber(rows)}
              </span>
            </td>
            <td>{formatNumber(testRows(rows, TEST_FRACTION))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
