/** The page's start: the address read once, the store over the browser's sessions, React over the store. */

import { StrictMode, type ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { browserSessions, installAutomation } from '../src/client/session.ts';
import { browserShelf } from '../src/own/shelf.ts';
import { acceptedKeeper } from '../src/own/accepted.ts';
import { readAddress, withBackend } from './address.ts';
import { App } from './App.tsx';
import { drawing } from './drawing.ts';
import { BadRoom } from './entrance/BadRoom.tsx';
import type { SessionFactory } from './session.ts';
import { createPageStore } from './store.ts';
import { PageContext } from './usePage.ts';
import './ui/tokens.css';
import './ui/base.css';

installAutomation();
const sessions: SessionFactory = browserSessions;
const address = readAddress(location.href);
const root = document.getElementById('root');
if (!root) throw new Error('The page has no #root to draw in; load index.html.');

// A page left and brought back by the Back button has lost its channels for good.
window.addEventListener('pageshow', ({ persisted }) => {
  if (persisted) location.reload();
});

// Another secret is another room, though browsers take it for a place in the same page.
window.addEventListener('hashchange', () => location.reload());

function content(): ReactNode {
  if (typeof address === 'string') return <BadRoom problem={address} />;
  if (address.logProblem) console.warn(address.logProblem);
  const store = createPageStore(address, sessions, browserShelf, {
    drawing: (draw) => drawing(() => flushSync(draw)),
    loadWith: (backend) => location.assign(withBackend(location.href, backend)),
    show: (href) => history.replaceState(null, '', href),
    enter: (href) => location.replace(href),
    accepted: acceptedKeeper(() => sessionStorage),
  });
  return (
    <PageContext value={store}>
      <App />
    </PageContext>
  );
}

createRoot(root).render(<StrictMode>{content()}</StrictMode>);
