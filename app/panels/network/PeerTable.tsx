import type { BytesByKind, PeerView } from '../../../src/client/view.ts';
import { formatBytes } from '../../format.ts';
import { ClientMark } from '../../ui/ClientMark.tsx';
import { Note, Term } from '../../ui/Term.tsx';
import { totalBytes } from './bytes.ts';

interface PeerTableProps {
  readonly peers: readonly PeerView[];
  readonly self: number;
  readonly highlight: number | null;
  readonly onHighlight: (client: number | null) => void;
}

const channelWords = { none: '–', opening: 'connecting', open: 'open', lost: '✕ lost' } as const;
const activityWords = { idle: '–', waiting: '… waiting', answered: '✓ answered', missed: '✕ missed' } as const;

/** Every other client: connection, state and bytes; neighbours first. */
export function PeerTable({ peers, self, highlight, onHighlight }: PeerTableProps) {
  const ordered = peers.toSorted((a, b) => Number(b.neighbour) - Number(a.neighbour) || a.number - b.number);
  return (
    <div className="peers" role="region" aria-label="Other clients" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">
              <Term of="client">Client</Term>
            </th>
            <th scope="col">Connection</th>
            <th scope="col">State</th>
            <th scope="col" className="figure">
              Sent
            </th>
            <th scope="col" className="figure">
              Received
            </th>
            <th scope="col" className="figure">
              <Term of="missed">Missed</Term>
            </th>
          </tr>
        </thead>
        <tbody>
          {ordered.map((peer) => (
            <tr
              key={peer.id}
              className={highlight === peer.number ? 'highlit' : undefined}
              onPointerEnter={() => onHighlight(peer.number)}
              onPointerLeave={() => onHighlight(null)}
            >
              <th scope="row">
                <ClientMark client={peer.number} self={self} />
                {peer.neighbour && <span className="quiet neighbour-word"> neighbour</span>}
              </th>
              <td>{channelWords[peer.channel]}</td>
              <td>{peer.neighbour ? activityWords[peer.activity] : '–'}</td>
              <ByteCell kinds={peer.sent} />
              <ByteCell kinds={peer.received} />
              <td className="figure">{peer.missedRounds}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A sum of bytes; its note lists the kinds of messages. */
function ByteCell({ kinds }: { kinds: BytesByKind }) {
  const total = totalBytes(kinds);
  if (total === 0) return <td className="figure quiet">0 B</td>;
  const ordered = Object.entries(kinds).toSorted(([, a], [, b]) => b - a);
  return (
    <td className="figure">
      <Note
        note={
          <span className="kinds">
            {ordered.map(([kind, bytes]) => (
              <span key={kind}>
                {kind} <span>{formatBytes(bytes)}</span>
              </span>
            ))}
          </span>
        }
      >
        {formatBytes(total)}
      </Note>
    </td>
  );
}
