/** Samples of each class, as bars with names and counts. */
export function Histogram({ counts, names }: { counts: readonly number[]; names: readonly string[] }) {
  const most = Math.max(1, ...counts);
  return (
    <table className="histogram">
      <caption className="unseen">My images by class</caption>
      <tbody>
        {counts.map((count, k) => (
          <tr key={k} className={count === 0 ? 'quiet' : undefined}>
            <th scope="row">{names[k] ?? `class ${k}`}</th>
            <td>
              <span className="bar" style={{ '--part': count / most }} />
              {count}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
