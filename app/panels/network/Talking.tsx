import type { ClientView } from '../../../src/client/view.ts';
import { formatList } from '../../format.ts';
import { describeTopology } from '../settings/describe.ts';
import './network.css';
import { Term } from '../../ui/Term.tsx';
import { ByteTotals } from './ByteTotals.tsx';
import { PeerTable } from './PeerTable.tsx';
import { Topology } from './Topology.tsx';

interface TalkingProps {
  readonly view: ClientView;
  readonly highlight: number | null;
  readonly onHighlight: (client: number | null) => void;
}

/** The others, the graph, and the bytes between us. */
export function Talking({ view, highlight, onHighlight }: TalkingProps) {
  const { settings, peers } = view;
  return (
    <section className="talking" aria-labelledby="talking-title">
      <h2 id="talking-title">Who I talk to</h2>
      <p className="quiet one-line">
        <Term of={settings.topology.kind}>{describeTopology(settings.topology)}</Term>
        {peers.length > 0 && `; ${sentence(view)}`}
      </p>
      <Topology view={view} highlight={highlight} onHighlight={onHighlight} />
      {peers.length > 0 && <PeerTable peers={peers} self={view.self.number} highlight={highlight} onHighlight={onHighlight} />}
      <ByteTotals bytes={view.bytes} />
    </section>
  );
}

/** Who this client's neighbours are, or whom it waits for. */
function sentence({ peers }: ClientView): string {
  const numbers = (list: ClientView['peers']) => formatList(list.map(({ number }) => number));
  const waiting = peers.filter(({ activity }) => activity === 'waiting');
  if (waiting.length > 0) return `waiting for ${waiting.length === 1 ? 'client' : 'clients'} ${numbers(waiting)}`;
  const neighbours = peers.filter(({ neighbour }) => neighbour);
  if (neighbours.length === 0) return 'no neighbours now';
  return `my ${neighbours.length === 1 ? 'neighbour is' : 'neighbours are'} ${numbers(neighbours)}`;
}
