/** What React is built as: Vite takes it from NODE_ENV, which is another under a test runner. */

/** Runs a build with this NODE_ENV, and puts back what there was. */
export async function buildingFor(environment: 'production' | 'development', build: () => Promise<unknown>): Promise<void> {
  const before = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = environment;
  try {
    await build();
  } finally {
    if (before === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = before;
  }
}
