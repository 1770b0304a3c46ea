import { useEffect, useState } from 'react';
import type { CatalogueEntry } from '../src/data/catalogue.ts';
import type { SessionFactory } from './session.ts';

/** What there is to learn from. */
export interface Datasets {
  /** Null while it is not known. */
  readonly entries: readonly CatalogueEntry[] | null;
  /** Why it will not be known, in one sentence. */
  readonly problem: string | null;
}

/** The datasets that the page's server has, asked for once. */
export function useDatasets(factory: SessionFactory): Datasets {
  const [datasets, setDatasets] = useState<Datasets>({ entries: null, problem: null });
  useEffect(() => {
    let wanted = true;
    const show = (found: Datasets) => {
      if (wanted) setDatasets(found);
    };
    factory.datasets().then(
      (entries) => show({ entries, problem: null }),
      (error: unknown) => show({ entries: null, problem: error instanceof Error ? error.message : String(error) }),
    );
    return () => {
      wanted = false;
    };
  }, [factory]);
  return datasets;
}
