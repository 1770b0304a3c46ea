/** Takes out paper to draw on, and puts it away. */

import { usePage } from '../../usePage.ts';

export function DrawingButton() {
  const drawing = usePage((page) => page.drawing);
  const setDrawing = usePage((page) => page.setDrawing);
  return (
    <button type="button" className="action" aria-expanded={drawing} onClick={() => setDrawing(!drawing)}>
      {drawing ? 'Put the paper away' : 'Draw'}
    </button>
  );
}
