/** Which of the server's datasets is learned from; the room's choice stands there even if this server lacks it. */

import type { Datasets } from '../../store.ts';
import { datasetTitle, describeDataset } from './describe.ts';
import { Menu } from './Menu.tsx';

interface DatasetFieldProps {
  readonly dataset: string;
  readonly datasets: Datasets;
  readonly onChange: (dataset: string) => void;
}

export function DatasetField({ dataset, datasets: { entries, problem }, onChange }: DatasetFieldProps) {
  const names = entries?.map(({ name }) => name) ?? [];
  const chosen = entries?.find(({ name }) => name === dataset);
  const missing = entries && 'The server of this page does not have it; choose another.';
  return (
    <Menu
      label="Data"
      values={names.includes(dataset) ? names : [dataset, ...names]}
      nameOf={datasetTitle}
      value={dataset}
      onChange={onChange}
      hint={problem ?? (chosen ? describeDataset(chosen) : (missing ?? ''))}
    />
  );
}
