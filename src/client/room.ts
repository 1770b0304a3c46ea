/** A room as one of its members knows it: who is here and can take part, who was, and the register that all share. It tells nobody anything. */
import { activeRun, isSameRegister, mergeRegisters, propose, runMembers, type Proposal, type RoomRegister } from '../protocol/register.ts';
import { MAX_REASON, type Readiness, type ReadinessState } from '../protocol/readiness.ts';
import type { Settings } from '../settings/settings.ts';
import type { PeerId, Presence } from '../transport/transport.ts';
import { Latest } from './latest.ts';

/** What a merge has brought. */
export interface News {
  /** Whether the settings are others than before. */
  readonly hasOtherSettings: boolean;
}

/** Settings come from their schema, which puts their parts in one order. */
const isSameChoice = (a: Settings, b: Settings) => a === b || JSON.stringify(a) === JSON.stringify(b);

export class Room {
  /** The number changes if signalling restarts and someone else took it meanwhile; the samples held stay those of the first. */
  #self: Presence;
  #members: readonly Presence[];
  /** Everyone ever seen: who has left during a run still stands in the view with its bytes. */
  readonly #seen = new Map<PeerId, Presence>();
  #register: RoomRegister;
  readonly #readiness = new Latest<Readiness>();
  /** What each had last said when other settings came, for which it has to get ready anew. */
  #outdated: ReadonlyMap<PeerId, number> = new Map();
  /** Who was ready before that. */
  #wereReady: ReadonlySet<PeerId> = new Set();

  /** @param settings the room's until somebody changes them; the same at every client. */
  constructor(self: Presence, settings: Settings) {
    this.#self = self;
    this.#members = [self];
    this.#register = { version: 0, author: '', settings, run: null };
  }

  get self(): Presence {
    return this.#self;
  }

  /** Everyone here, this client included, by ascending number. */
  get members(): readonly Presence[] {
    return this.#members;
  }

  /** Everyone but this client who is or was here, by ascending number. */
  get seen(): readonly Presence[] {
    return [...this.#seen.values()].sort((a, b) => a.number - b.number);
  }

  get register(): RoomRegister {
    return this.#register;
  }

  /** Whether a run is under way. */
  get isRunning(): boolean {
    return activeRun(this.#register) !== null;
  }

  has(peer: PeerId): boolean {
    return this.#members.some(({ id }) => id === peer);
  }

  /** The members now here that take part in the run, this client included: who has failed does not. */
  participants(): readonly Presence[] {
    const { run } = this.#register;
    if (!run) return [];
    const taking = runMembers(run);
    return this.#members.filter(({ id }) => id === this.#self.id || (taking.has(id) && this.readinessOf(id).kind !== 'failed'));
  }

  /** The members now here that a run can begin with, this client included if it is one of them. */
  ready(): readonly Presence[] {
    return this.#members.filter(({ id }) => this.readinessOf(id).kind === 'ready');
  }

  /** The members now here that were ready for other settings, and are getting ready for these. */
  renewing(): readonly Presence[] {
    return this.#members.filter(({ id }) => this.#wereReady.has(id) && this.readinessOf(id).kind === 'preparing');
  }

  /** What a client has last said of itself, since the settings are what they are. */
  readinessOf(peer: PeerId): ReadinessState {
    const said = this.#readiness.of(peer);
    return said && said.version > (this.#outdated.get(peer) ?? 0) ? said.state : { kind: 'preparing' };
  }

  /** What everyone has last said, for whom a channel opens to. */
  allReadiness(): readonly Readiness[] {
    return this.#readiness.all();
  }

  /** Takes note of what a client says of itself. @returns whether it is news, to be passed on. */
  hearReadiness(readiness: Readiness): boolean {
    return this.#readiness.hear(readiness);
  }

  /** Has this client say something of itself. @returns null where it is what it said last. */
  declare(state: ReadinessState): Readiness | null {
    const { id } = this.#self;
    const said = state.kind === 'failed' ? { ...state, why: state.why.slice(0, MAX_REASON) } : state;
    if (JSON.stringify(said) === JSON.stringify(this.#readiness.of(id)?.state)) return null;
    const readiness = { peer: id, version: this.#readiness.nextVersion(id), state: said };
    this.#readiness.hear(readiness);
    return readiness;
  }

  /** @returns undefined for one that was never here, or has long left. */
  numberOf(peer: PeerId): number | undefined {
    return this.#seen.get(peer)?.number;
  }

  /** What a person calls a peer: by its number, if it was ever seen. */
  nameOf(peer: PeerId): string {
    return `Client ${this.numberOf(peer) ?? peer}`;
  }

  /** Takes note of who is here now. @returns who has come and who has left since it was last told. */
  meet(members: readonly Presence[]): { readonly come: readonly PeerId[]; readonly gone: readonly PeerId[] } {
    const missing = (from: readonly Presence[], others: readonly Presence[]) =>
      from.map(({ id }) => id).filter((peer) => !others.some(({ id }) => id === peer));
    const [come, gone] = [missing(members, this.#members), missing(this.#members, members)];
    this.#members = [...members].sort((a, b) => a.number - b.number);
    this.#self = members.find(({ id }) => id === this.#self.id) ?? this.#self;
    for (const member of members) if (member.id !== this.#self.id) this.#seen.set(member.id, member);
    for (const peer of gone) this.#readiness.forget(peer);
    return { come, gone };
  }

  /** Strikes one that has left from those who were here. */
  forget(peer: PeerId): void {
    this.#seen.delete(peer);
  }

  /** Merges a register that was heard. @returns null for nothing new. */
  hear(heard: RoomRegister): News | null {
    const before = this.#register;
    const merged = mergeRegisters(before, heard);
    if (isSameRegister(before, merged)) return null;
    this.#register = merged;
    const hasOtherSettings = !isSameChoice(before.settings, merged.settings);
    if (hasOtherSettings) this.#outdate();
    return { hasOtherSettings };
  }

  #outdate(): void {
    this.#wereReady = new Set([...this.ready(), ...this.renewing()].map(({ id }) => id));
    this.#outdated = new Map(this.#readiness.all().map(({ peer, version }) => [peer, version]));
  }

  /** Writes what this client proposes. @returns null where that changes nothing. */
  propose(proposal: Proposal): News | null {
    return this.hear(propose(this.#register, this.#self.id, proposal));
  }
}
