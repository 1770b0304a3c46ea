/** A link for a camera: its QR code as one path. */

import encodeQR from 'qr';
import './QrCode.css';

/** Free modules that readers need around the code (ISO/IEC 18004). */
const QUIET_ZONE = 4;

export default function QrCode({ link }: { link: string }) {
  const rows = encodeQR(link, 'raw', { border: QUIET_ZONE });
  const path = rows.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  return (
    <svg className="qr-code" role="img" aria-label={`QR code of ${link}`} viewBox={`0 0 ${rows.length} ${rows.length}`}>
      <path d={path} />
    </svg>
  );
}
