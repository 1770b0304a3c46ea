import { runCommand } from './commandLine.ts';
import { isDone } from './conductor.ts';
import { parseFederation } from './options.ts';
import { ProgressLine } from './progress.ts';
import { makeReport, roundsTable, writeReport } from './report.ts';
import { Tabs } from './tabs.ts';

/** `npm run federation`: a federation of real tabs. */
await runCommand(async (argv, stop) => {
  const { settings, clients, backend, json, browsers, headed } = parseFederation(argv);
  const progress = new ProgressLine();
  progress.note('preparing the page');
  const tabs = await Tabs.open({ tabs: clients, browsers, headed });
  stop.addEventListener('abort', () => void tabs.close());
  try {
    progress.note(`opening ${clients} tabs`);
    await tabs.fill(backend, (page) => page.getByRole('button', { name: 'Join' }).click());
    await tabs.command(0, { type: 'configure', settings });
    const wanted = JSON.stringify(settings);
    for (let k = 0; k < clients; k++) {
      await tabs.until(
        k,
        (view) => view.status.kind === 'lobby' && view.peers.length === clients - 1 && JSON.stringify(view.settings) === wanted,
      );
    }
    await tabs.command(0, { type: 'start' });
    await tabs.until(0, isDone, (view) => progress.show(view));
    const views = [];
    for (let k = 0; k < clients; k++) views.push(await tabs.until(k, isDone));
    progress.end();
    const report = await makeReport({ views, runner: 'tabs', versions: { chromium: tabs.browserVersion } });
    process.stdout.write(`${roundsTable(report)}\n`);
    if (json !== null) await writeReport(report, json);
  } finally {
    await tabs.close();
  }
});
