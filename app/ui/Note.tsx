/** A word with a note that shows on hover, focus or tap; Escape hides it. */

import { useId, useRef, type ReactNode } from 'react';
import './Note.css';

/** Least distance from the window's edges, px. */
const EDGE = 8;

/** Puts the note right under its word, or above it where there is no room, inside the window. */
function place(note: HTMLElement, word: HTMLElement): void {
  const at = word.getBoundingClientRect();
  const { width, height } = note.getBoundingClientRect();
  const left = Math.max(EDGE, Math.min(at.left, innerWidth - width - EDGE));
  const top = at.bottom + height + EDGE > innerHeight ? at.top - height : at.bottom;
  note.style.left = `${left}px`;
  note.style.top = `${Math.max(EDGE, top)}px`;
}

export function Note({ children, note }: { children: ReactNode; note: ReactNode }) {
  const id = useId();
  const word = useRef<HTMLButtonElement>(null);
  const meaning = useRef<HTMLSpanElement>(null);

  const show = () => {
    if (!meaning.current || !word.current) return;
    meaning.current.showPopover();
    place(meaning.current, word.current);
  };
  const hide = () => meaning.current?.hidePopover();

  return (
    <span onMouseEnter={show} onMouseLeave={hide}>
      <button
        ref={word}
        type="button"
        className="term"
        aria-describedby={id}
        onFocus={show}
        onClick={show}
        onBlur={hide}
        onKeyDown={(event) => event.key === 'Escape' && hide()}
      >
        {children}
      </button>
      <span ref={meaning} id={id} role="tooltip" popover="manual" className="meaning">
        {note}
      </span>
    </span>
  );
}
