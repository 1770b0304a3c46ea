/** The others, the graph, and the bytes between us. */

import type { ClientView } from '../../../src/client/view.ts';
import { formatList } from '../../format.ts';
import { Term } from '../../ui/Term.tsx';
import { useView } from '../../usePage.ts';
import { describeTopology } from '../settings/describe.ts';
import { ByteTotals } from './ByteTotals.tsx';
import { PeerTable } from './PeerTable.tsx';
import './Talking.css';
import { Topology } from './Topology.tsx';

export function Talking() {
  const topology = useView(({ settings }) => settings.topology);
  const alone = useView(({ peers }) => peers.length === 0);
  const company = useView(sentence);
  return (
    <section className="talking" aria-labelledby="talking-title">
      <h2 id="talking-title">Who I talk to</h2>
      <p className="quiet one-line">
        <Term of={topology.kind}>{describeTopology(topology)}</Term>
        {!alone && `; ${company}`}
      </p>
      <Topology />
      {!alone && <PeerTable />}
      <ByteTotals />
    </section>
  );
}

/** Who this client's neighbours are, or whom it waits for or goes on without. */
function sentence({ peers }: ClientView): string {
  const numbers = (list: ClientView['peers']) => formatList(list.map(({ number }) => number));
  const clients = (list: ClientView['peers']) => `${list.length === 1 ? 'client' : 'clients'} ${numbers(list)}`;
  const waiting = peers.filter(({ activity }) => activity === 'waiting');
  if (waiting.length > 0) return `waiting for ${clients(waiting)}`;
  const missed = peers.filter(({ activity }) => activity === 'missed');
  if (missed.length > 0) return `going on without ${clients(missed)}`;
  const neighbours = peers.filter(({ neighbour }) => neighbour);
  if (neighbours.length === 0) return 'no neighbours now';
  return `my ${neighbours.length === 1 ? 'neighbour is' : 'neighbours are'} ${numbers(neighbours)}`;
}
