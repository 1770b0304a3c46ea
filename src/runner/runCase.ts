/** A conformance case, run in this process or across tabs. */

import type { BackendWish } from '../backend/backend.ts';
import { caseSource, resultOf, settingsOf, type CaseRun, type ConformanceResult } from '../client/conformance.ts';
import type { RoundTrace } from '../client/trace.ts';
import { hasReached } from './conductor.ts';
import { runInProcess } from './inProcess.ts';
import { Tabs } from './tabs.ts';

/** In this process, over the in-process transport; client k of the case is client k. */
export async function runCaseInProcess(run: CaseRun, backend: BackendWish): Promise<ConformanceResult> {
  const { given } = run;
  const traces: RoundTrace[][] = given.clients.map(() => []);
  await runInProcess({
    settings: settingsOf(run),
    clients: given.clients.length,
    backend,
    source: caseSource(given),
    isDone: hasReached,
    onTrace: (client, trace) => traces[client]?.push(trace),
  });
  return resultOf(given, traces);
}

/** Across real tabs over WebRTC; client k of the case is tab k. */
export async function runCaseInTabs(run: CaseRun, backend: BackendWish): Promise<ConformanceResult> {
  const { given } = run;
  const tabs = await Tabs.open({ tabs: given.clients.length, browsers: 1, headed: false });
  try {
    const { room } = tabs;
    await tabs.fill(backend, (page) => page.evaluate((request) => void sparkmesh.join(request), { room, backend, conformance: run }));
    const everyone = given.clients.map((_, k) => k);
    for (const k of everyone) await tabs.until(k, ({ peers }) => peers.length === given.clients.length - 1);
    await tabs.command(0, { type: 'start' });
    for (const k of everyone) await tabs.until(k, hasReached);
    const traces = await Promise.all(everyone.map((k) => tabs.traces(k)));
    return resultOf(given, traces);
  } finally {
    await tabs.close();
  }
}
