import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { browserSessions, installAutomation } from '../src/client/session.ts';
import { readAddress, withBackend } from './address.ts';
import { App } from './App.tsx';
import type { SessionFactory } from './session.ts';
import './ui/tokens.css';
import './ui/base.css';

installAutomation();
const sessions: SessionFactory = browserSessions;
const root = document.getElementById('root');
if (!root) throw new Error('The page has no #root to draw in; load index.html.');

// A page left and brought back by the Back button has lost its channels for good.
window.addEventListener('pageshow', ({ persisted }) => {
  if (persisted) location.reload();
});

createRoot(root).render(
  <StrictMode>
    <App
      factory={sessions}
      address={readAddress(location.href)}
      onBackend={(backend) => location.assign(withBackend(location.href, backend))}
    />
  </StrictMode>,
);
