/** A text that goes to another device: to copy, or by its camera. */

import { lazy, Suspense } from 'react';
import './Code.css';
import { CopyButton } from './CopyButton.tsx';

const QrCode = lazy(() => import('./QrCode.tsx'));

export function Code({ text, what }: { text: string; what: 'link' | 'answer' }) {
  return (
    <div className="code">
      <p className="code-copy">
        <CopyButton text={text}>Copy the {what}</CopyButton>
      </p>
      <Suspense>
        <QrCode link={text} />
      </Suspense>
      <textarea
        className="code-text"
        aria-label={`The ${what}`}
        data-testid={what}
        readOnly
        rows={4}
        value={text}
        onFocus={({ target }) => target.select()}
      />
    </div>
  );
}
