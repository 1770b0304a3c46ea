/** A person's own data, from the first file to what can be learned from it, under the bar of whichever place it is shown in. */

import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { OwnState } from '../../ownSlice.ts';
import { formatCount } from '../../format.ts';
import { useDropped } from '../../ui/useDropped.ts';
import { usePage } from '../../usePage.ts';
import { Asking } from './Asking.tsx';
import { Camera } from './Camera.tsx';
import { Drawing } from './Drawing.tsx';
import { Empty } from './Empty.tsx';
import './OwnContent.css';
import { Finding, Reading } from './Reading.tsx';
import { Refused } from './Refused.tsx';
import { Review } from './Review.tsx';

/** What has become of it, for those who do not see it: what is refused or asked says so itself. */
function announcement(own: OwnState): string {
  switch (own.kind) {
    case 'finding':
      return 'Looking for files';
    case 'reading':
      return 'Reading';
    case 'asked':
      return 'The class of these pictures is needed.';
    case 'kept': {
      const { kind, rows, classes } = own.kept.data.reading;
      return `${formatCount(rows, kind === 'images' ? 'picture' : 'row')} of ${formatCount(classes.length, 'class')} are here.`;
    }
    case 'looking':
    case 'empty':
    case 'refused':
      return '';
  }
}

function Content({ own }: { own: OwnState }) {
  switch (own.kind) {
    case 'looking':
      return <p>Looking what is kept in this browser …</p>;
    case 'empty':
      return <Empty />;
    case 'finding':
      return <Finding found={own.found} />;
    case 'reading':
      return <Reading progress={own.progress} data={own.data} />;
    case 'asked':
      return <Asking images={own.images} />;
    case 'refused':
      return <Refused refusal={own.refusal} />;
    case 'kept':
      return <Review kept={own.kept} again={own.again} onward={own.onward} />;
  }
}

interface OwnContentProps {
  readonly bar: ReactNode;
  /** What stands above the data. */
  readonly children?: ReactNode;
}

export function OwnContent({ bar, children }: OwnContentProps) {
  const lookAtOwn = usePage((page) => page.lookAtOwn);
  const own = usePage((page) => page.own);
  const main = useRef<HTMLElement>(null);
  const giveFound = usePage((page) => page.giveFound);
  const filming = usePage((page) => page.filming);
  const drawing = usePage((page) => page.drawing);
  const [isOver, setOver] = useState(false);
  useEffect(lookAtOwn, [lookAtOwn]);
  useDropped(giveFound, setOver);
  // The button that led on is gone, and with it the keyboard's place on the page.
  useEffect(() => {
    if (document.activeElement === document.body) main.current?.focus({ preventScroll: true });
  }, [own.kind]);
  return (
    <div className={`own-place ${isOver ? 'over' : ''}`}>
      {bar}
      <p className="unseen" role="status">
        {announcement(own)}
      </p>
      <main ref={main} tabIndex={-1}>
        {children}
        {filming && <Camera />}
        {drawing && <Drawing />}
        <Content own={own} />
      </main>
    </div>
  );
}
