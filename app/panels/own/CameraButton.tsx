/** Opens the camera, and closes it. */

import { usePage } from '../../usePage.ts';

export function CameraButton() {
  const filming = usePage((page) => page.filming);
  const setFilming = usePage((page) => page.setFilming);
  return (
    <button type="button" className="action" aria-expanded={filming} onClick={() => setFilming(!filming)}>
      {filming ? 'Close the camera' : 'Use the camera'}
    </button>
  );
}
