/** The signalling server: rooms of members on the WebSockets of an http server. */

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import {
  MAX_MEMBERS,
  MAX_MESSAGE_BYTES,
  MessageError,
  parseClientMessage,
  SIGNAL_PATH,
  type ClientMessage,
  type ServerMessage,
} from './messages.ts';

/** The part of an http(s) server that signalling needs. */
export interface UpgradeServer {
  on(event: 'upgrade', listener: (request: IncomingMessage, socket: Duplex, head: Buffer) => void): unknown;
  off(event: 'upgrade', listener: (request: IncomingMessage, socket: Duplex, head: Buffer) => void): unknown;
  once(event: 'close', listener: () => void): unknown;
  listenerCount(event: 'upgrade'): number;
}

export interface SignallingLimits {
  /** Sockets in all. */
  readonly sockets: number;
  readonly rooms: number;
  /** Members a room. */
  readonly members: number;
  /** Messages of one socket: `burst` at once, then `messagesPerSecond`. A dial takes about ten. */
  readonly burst: number;
  readonly messagesPerSecond: number;
  /** A socket that has not answered a ping by the next one is dropped. */
  readonly heartbeatMs: number;
}

const defaultLimits: SignallingLimits = {
  sockets: 4096,
  rooms: 1024,
  members: MAX_MEMBERS,
  burst: 1000,
  messagesPerSecond: 200,
  heartbeatMs: 5000,
};

export interface SignallingHandle {
  /** Drops every socket and leaves the http server as it was. */
  close(): void;
}

interface Seat {
  readonly connection: Connection;
  readonly id: string;
  readonly number: number;
  readonly order: number;
}

interface Room {
  readonly name: string;
  readonly members: Map<string, Seat>;
  readonly watchers: Set<Connection>;
  nextOrder: number;
}

type Place =
  | { readonly kind: 'nowhere' }
  | { readonly kind: 'watcher'; readonly room: Room }
  | { readonly kind: 'member'; readonly room: Room; readonly id: string };

interface Connection {
  readonly socket: WebSocket;
  place: Place;
  alive: boolean;
  /** Messages it may still send now, as of `countedAt` (ms). */
  allowance: number;
  countedAt: number;
}

/** Standard WebSocket close code: the peer broke the protocol's rules. */
const POLICY_VIOLATION = 1008;

/**
 * Answers WebSockets on `/signal` of an http server, and leaves its other paths to others. Keeps rooms of members in memory:
 * who is there, with which number, and who came later. Ends with the http server, or earlier by `close`.
 */
export function attachSignalling(httpServer: UpgradeServer, overrides: Partial<SignallingLimits> = {}): SignallingHandle {
  const limits = { ...defaultLimits, ...overrides };
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    path: SIGNAL_PATH,
    maxPayload: MAX_MESSAGE_BYTES,
  });
  const rooms = new Map<string, Room>();
  const connections = new Set<Connection>();

  const send = ({ socket }: Connection, message: ServerMessage) => socket.send(JSON.stringify(message));

  const refuse = (connection: Connection, message: string) => {
    send(connection, { type: 'error', message });
    leave(connection);
    connection.socket.close(POLICY_VIOLATION);
  };

  const announce = (room: Room) => {
    const members = [...room.members.values()].map(({ id, number, order }) => ({ id, number, order })).sort((a, b) => a.number - b.number);
    for (const { connection } of room.members.values()) send(connection, { type: 'presence', members });
    for (const watcher of room.watchers) send(watcher, { type: 'count', members: members.length });
  };

  const leave = (connection: Connection) => {
    const { place } = connection;
    if (place.kind === 'nowhere') return;
    connection.place = { kind: 'nowhere' };
    const { room } = place;
    if (place.kind === 'watcher') room.watchers.delete(connection);
    else room.members.delete(place.id);
    if (room.members.size + room.watchers.size === 0) rooms.delete(room.name);
    else if (place.kind === 'member') announce(room);
  };

  const enter = (name: string): Room => {
    const known = rooms.get(name);
    if (known) return known;
    if (rooms.size >= limits.rooms) throw new MessageError(`All ${limits.rooms} rooms are in use; join one, or try later.`);
    const room: Room = { name, members: new Map(), watchers: new Set(), nextOrder: 0 };
    rooms.set(name, room);
    return room;
  };

  const join = (connection: Connection, { room: name, id, number: wanted }: ClientMessage & { type: 'join' }) => {
    const room = enter(name);
    if (room.members.has(id)) throw new MessageError(`Peer ${id} is already in room "${name}"; try again when it has left.`);
    if (room.members.size >= limits.members) {
      throw new MessageError(`Room "${name}" has its ${limits.members} members; use another room.`);
    }
    const taken = new Set(Array.from(room.members.values(), (seat) => seat.number));
    let number = 0;
    while (taken.has(number)) number++;
    if (wanted !== undefined && wanted < limits.members && !taken.has(wanted)) number = wanted;
    room.members.set(id, { connection, id, number, order: room.nextOrder++ });
    connection.place = { kind: 'member', room, id };
    announce(room);
  };

  const handle = (connection: Connection, message: ClientMessage) => {
    const { place } = connection;
    switch (message.type) {
      case 'leave':
        return leave(connection);
      case 'relay': {
        if (place.kind !== 'member') throw new MessageError('Only members relay; join a room first.');
        const to = place.room.members.get(message.to);
        if (to) send(to.connection, { type: 'relay', from: place.id, payload: message.payload });
        return;
      }
      case 'watch':
      case 'join': {
        if (place.kind !== 'nowhere') throw new MessageError(`This socket is in room "${place.room.name}"; leave it first.`);
        if (message.type === 'join') return join(connection, message);
        const room = enter(message.room);
        room.watchers.add(connection);
        connection.place = { kind: 'watcher', room };
        send(connection, { type: 'count', members: room.members.size });
        return;
      }
      default:
        message satisfies never;
    }
  };

  const spendAllowance = (connection: Connection): boolean => {
    const now = performance.now();
    const earned = ((now - connection.countedAt) / 1000) * limits.messagesPerSecond;
    connection.allowance = Math.min(limits.burst, connection.allowance + earned) - 1;
    connection.countedAt = now;
    return connection.allowance >= 0;
  };

  const receive = (connection: Connection, data: RawData, isBinary: boolean) => {
    // A refused socket may have more on its way.
    if (connection.socket.readyState !== connection.socket.OPEN) return;
    try {
      if (!spendAllowance(connection)) throw new MessageError(`Over ${limits.messagesPerSecond} messages a second; send fewer.`);
      if (isBinary) throw new MessageError('Message is binary; send JSON text.');
      handle(connection, parseClientMessage(data.toString()));
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      refuse(connection, error.message);
    }
  };

  const accept = (socket: WebSocket) => {
    const connection: Connection = {
      socket,
      place: { kind: 'nowhere' },
      alive: true,
      allowance: limits.burst,
      countedAt: performance.now(),
    };
    connections.add(connection);
    socket.on('message', (data, isBinary) => receive(connection, data, isBinary));
    socket.on('pong', () => (connection.alive = true));
    // ws answers what breaks the WebSocket protocol or its size limit (close code 1009) by itself; `close` follows.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      connections.delete(connection);
      leave(connection);
    });
    if (connections.size > limits.sockets) refuse(connection, 'This signalling server is full; try again later.');
  };

  const heartbeat = setInterval(() => {
    for (const connection of connections) {
      if (connection.alive) connection.socket.ping();
      else connection.socket.terminate();
      connection.alive = false;
    }
  }, limits.heartbeatMs);
  heartbeat.unref();

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (webSockets.shouldHandle(request)) webSockets.handleUpgrade(request, socket, head, accept);
    // With no other listener nobody would ever answer it.
    else if (httpServer.listenerCount('upgrade') === 1) socket.destroy();
  };

  const close = () => {
    clearInterval(heartbeat);
    httpServer.off('upgrade', onUpgrade);
    for (const { socket } of connections) socket.terminate();
  };

  httpServer.on('upgrade', onUpgrade);
  httpServer.once('close', close);
  return { close };
}
