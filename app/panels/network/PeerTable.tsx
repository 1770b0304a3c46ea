/** Every other client: connection, state and bytes; neighbours first. */

import { memo } from 'react';
import type { PeerView } from '../../../src/client/view.ts';
import { formatNumber } from '../../format.ts';
import { ClientMark } from '../../ui/ClientMark.tsx';
import { Note } from '../../ui/Note.tsx';
import { Term } from '../../ui/Term.tsx';
import { usePage, useView } from '../../usePage.ts';
import { rowsOf } from '../bring/people.ts';
import { ByteCell } from './ByteCell.tsx';
import './PeerTable.css';

const channelWords = { none: '–', opening: 'connecting', open: 'open', lost: '✕ lost' } as const;
const activityWords = { idle: '–', waiting: '… waiting', answered: '✓ answered', missed: '✕ missed' } as const;

export function PeerTable() {
  const self = useView((view) => view.self.number);
  const peers = useView((view) => view.peers);
  const hasTask = usePage((page) => page.task !== null);
  const highlight = usePage((page) => page.highlight);
  const ordered = peers.toSorted((a, b) => Number(b.neighbour) - Number(a.neighbour) || a.number - b.number);
  return (
    <div className="peers" role="region" aria-label="Other clients" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">
              <Term of="client">Client</Term>
            </th>
            {hasTask && <th scope="col">Brings</th>}
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
            <PeerRow key={peer.id} peer={peer} self={self} hasTask={hasTask} highlit={highlight === peer.number} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface PeerRowProps {
  readonly peer: PeerView;
  readonly self: number;
  readonly hasTask: boolean;
  readonly highlit: boolean;
}

const PeerRow = memo(function PeerRow({ peer, self, hasTask, highlit }: PeerRowProps) {
  const setHighlight = usePage((page) => page.setHighlight);
  return (
    <tr
      className={highlit ? 'highlit' : undefined}
      onPointerEnter={() => setHighlight(peer.number)}
      onPointerLeave={() => setHighlight(null)}
    >
      <th scope="row">
        <ClientMark client={peer.number} self={self} />
        {peer.neighbour && <span className="quiet neighbour-word"> neighbour</span>}
      </th>
      {hasTask && <td>{peer.holding ? formatNumber(rowsOf(peer.holding)) : 'choosing'}</td>}
      <td>{channelWords[peer.channel]}</td>
      <td>
        <PeerState peer={peer} />
      </td>
      <ByteCell kinds={peer.sent} />
      <ByteCell kinds={peer.received} />
      <td className="figure">{peer.missedRounds}</td>
    </tr>
  );
});

/** What a client is doing, where that is known: whether it has failed and why, or is not ready yet, else what concerns this one. */
function PeerState({ peer: { readiness, channel, neighbour, activity } }: { peer: PeerView }) {
  if (readiness.kind === 'failed') return <Note note={readiness.why}>✕ failed</Note>;
  if (readiness.kind === 'preparing' && channel !== 'lost') return 'getting ready';
  return neighbour ? activityWords[activity] : '–';
}
