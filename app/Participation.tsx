/** In the room: what I hold, who I talk to, what we learn, from left to right. */

import { useEffect } from 'react';
import { Holding } from './panels/data/Holding.tsx';
import { Talking } from './panels/network/Talking.tsx';
import { Learning } from './panels/results/Learning.tsx';
import { RunBar } from './panels/run/RunBar.tsx';
import { runTitle } from './panels/run/runTitle.ts';
import { describeSettings } from './panels/settings/describe.ts';
import { SettingsForm } from './panels/settings/SettingsForm.tsx';
import './Participation.css';
import type { Page } from './store.ts';
import { TopBar } from './TopBar.tsx';
import { usePage, useView } from './usePage.ts';

/** Whether the run's settings are in sight: a change prepares again, and the form stays meanwhile, and after what cannot be prepared. */
function isConfigurable({ view: { status, own }, editing }: Page): boolean {
  switch (status.kind) {
    case 'lobby':
    case 'preparing':
      return true;
    case 'failed':
      return own.length === 0;
    case 'finished':
      return editing;
    case 'running':
    case 'paused':
      return false;
  }
}

export function Participation() {
  const configurable = usePage(isConfigurable);
  const settings = useView((view) => view.settings);
  const notice = useView((view) => view.notice);
  return (
    <div className="participation">
      <TabTitle />
      <TopBar />
      <main>
        <RunBar />
        <Holding />
        <Talking />
        {configurable ? <SettingsForm /> : <Learning />}
      </main>
      <footer className="small quiet">
        <p role="status" className="notice">
          {notice}
        </p>
        <p className="settings-line">{!configurable && describeSettings(settings)}</p>
      </footer>
    </div>
  );
}

/** How the run stands, for who looks at another tab: on its own, as it is another in each round, and the panels are not. */
function TabTitle() {
  const title = useView(runTitle);
  useEffect(() => {
    document.title = `${title} · sparkmesh`;
    return () => {
      document.title = 'sparkmesh';
    };
  }, [title]);
  return null;
}
