/** The signalling server: rooms of members on the WebSockets of an http server. */

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { Allowance } from './allowance.ts';
import { RENEW_MS, type IceSource } from './iceConfiguration.ts';
import {
  MAX_MEMBERS,
  MAX_MESSAGE_BYTES,
  MessageError,
  parseClientMessage,
  SIGNAL_PATH,
  type ClientMessage,
  type ServerMessage,
} from './messages.ts';
import { askerOf, isWelcome } from './origins.ts';
import { Rooms, type Guest, type Place, type RoomLimits } from './rooms.ts';

/** The part of an http(s) server that signalling needs. */
export interface UpgradeServer {
  on(event: 'upgrade', listener: (request: IncomingMessage, socket: Duplex, head: Buffer) => void): unknown;
  off(event: 'upgrade', listener: (request: IncomingMessage, socket: Duplex, head: Buffer) => void): unknown;
  once(event: 'close', listener: () => void): unknown;
  listenerCount(event: 'upgrade'): number;
}

export interface SignallingLimits extends RoomLimits {
  /** Sockets in all. */
  readonly sockets: number;
  /** Sockets from one address: a school's whole classes may share one. */
  readonly socketsPerAddress: number;
  /** Messages of one socket: `burst` at once, then `messagesPerSecond`; each 4 kB begun count. A dial takes about ten. */
  readonly burst: number;
  readonly messagesPerSecond: number;
  /** The same of all sockets of one address together. */
  readonly burstPerAddress: number;
  readonly messagesPerSecondPerAddress: number;
  /** Bytes that may wait for one who does not read; it is dropped beyond that. */
  readonly unreadBytes: number;
  /** How often a socket is pinged; one that has left `unanswered` pings in a row without an answer is dropped. */
  readonly heartbeatMs: number;
  /** More than a busy device, or this server, may be behind with. */
  readonly unanswered: number;
}

const defaultLimits: SignallingLimits = {
  sockets: 4096,
  socketsPerAddress: 1024,
  // As many as there can be sockets: one address cannot take all of them.
  rooms: 4096,
  members: MAX_MEMBERS,
  announceMs: 1,
  burst: 1000,
  messagesPerSecond: 200,
  burstPerAddress: 100_000,
  messagesPerSecondPerAddress: 10_000,
  unreadBytes: 4 * 1024 * 1024,
  heartbeatMs: 5000,
  unanswered: 4,
};

export interface SignallingOptions {
  readonly limits?: Partial<SignallingLimits>;
  /** Names of the hosts whose pages may use it, beside pages of the very address that is asked. */
  readonly hosts?: readonly string[];
  /** The ICE servers that members are told of; none by default. */
  readonly ice?: IceSource | null;
}

export interface SignallingHandle {
  /** Drops every socket and leaves the http server as it was. */
  close(): void;
}

/** All that comes from one address. */
interface Asker {
  readonly name: string;
  readonly allowance: Allowance;
  sockets: number;
}

interface Connection extends Guest {
  readonly socket: WebSocket;
  readonly asker: Asker;
  readonly allowance: Allowance;
  place: Place;
  /** Pings since its last answer. */
  unanswered: number;
  /** When it was told of ICE servers, ms. */
  toldAt: number;
}

/** Standard WebSocket close code: the peer broke the protocol's rules. */
const POLICY_VIOLATION = 1008;

/** A message counts once for each of these bytes begun, as reading it costs that much more. */
const COUNTED_BYTES = 4096;

/** What opening a socket counts, in messages. */
const OPENING_COST = 5;

class SignallingServer implements SignallingHandle {
  readonly #httpServer: UpgradeServer;
  readonly #limits: SignallingLimits;
  readonly #hosts: readonly string[];
  readonly #ice: IceSource | null;
  readonly #webSockets = new WebSocketServer({ noServer: true, clientTracking: false, path: SIGNAL_PATH, maxPayload: MAX_MESSAGE_BYTES });
  readonly #rooms: Rooms;
  readonly #connections = new Set<Connection>();
  readonly #askers = new Map<string, Asker>();
  readonly #heartbeat: ReturnType<typeof setInterval>;

  constructor(httpServer: UpgradeServer, { limits, hosts = [], ice = null }: SignallingOptions) {
    this.#httpServer = httpServer;
    this.#limits = { ...defaultLimits, ...limits };
    this.#hosts = hosts;
    this.#ice = ice;
    this.#rooms = new Rooms(this.#limits);
    this.#heartbeat = setInterval(() => this.#beat(), this.#limits.heartbeatMs);
    this.#heartbeat.unref();
    httpServer.on('upgrade', this.#onUpgrade);
    httpServer.once('close', () => this.close());
  }

  close(): void {
    clearInterval(this.#heartbeat);
    this.#httpServer.off('upgrade', this.#onUpgrade);
    for (const { socket } of this.#connections) socket.terminate();
    this.#rooms.close();
  }

  readonly #onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!this.#webSockets.shouldHandle(request)) {
      // With no other listener nobody would ever answer it.
      if (this.#httpServer.listenerCount('upgrade') === 1) socket.destroy();
      return;
    }
    const asker = this.#askerOf(request);
    if (asker.sockets >= this.#limits.socketsPerAddress || !asker.allowance.spend(OPENING_COST)) {
      socket.end('HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\n\r\n');
      return;
    }
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => this.#accept(webSocket, asker, request));
  };

  #askerOf(request: IncomingMessage): Asker {
    const name = askerOf(request);
    const { burstPerAddress, messagesPerSecondPerAddress } = this.#limits;
    const asker = this.#askers.get(name) ?? { name, allowance: new Allowance(burstPerAddress, messagesPerSecondPerAddress), sockets: 0 };
    this.#askers.set(name, asker);
    return asker;
  }

  #accept(socket: WebSocket, asker: Asker, { headers }: IncomingMessage): void {
    const { burst, messagesPerSecond, sockets } = this.#limits;
    const connection: Connection = {
      socket,
      asker,
      allowance: new Allowance(burst, messagesPerSecond),
      place: { kind: 'nowhere' },
      unanswered: 0,
      toldAt: 0,
      send: (message) => this.#send(socket, message),
    };
    asker.sockets++;
    this.#connections.add(connection);
    socket.on('message', (data, isBinary) => this.#receive(connection, data, isBinary));
    socket.on('pong', () => (connection.unanswered = 0));
    // ws answers what breaks the WebSocket protocol or its size limit (close code 1009) by itself; `close` follows.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      asker.sockets--;
      this.#connections.delete(connection);
      this.#leave(connection);
    });
    if (this.#connections.size > sockets) return this.#refuse(connection, 'This signalling server is full; try again later.');
    if (!isWelcome(headers.origin, headers.host, this.#hosts)) {
      this.#refuse(connection, `Pages of ${headers.origin} may not use this signalling server; start it with --host and that name.`);
    }
  }

  #send(socket: WebSocket, message: ServerMessage): void {
    if (socket.bufferedAmount > this.#limits.unreadBytes) socket.terminate();
    else socket.send(JSON.stringify(message));
  }

  #refuse(connection: Connection, message: string): void {
    connection.send({ type: 'error', message });
    this.#leave(connection);
    connection.socket.close(POLICY_VIOLATION);
  }

  #leave(connection: Connection): void {
    const { place } = connection;
    connection.place = { kind: 'nowhere' };
    this.#rooms.leave(connection, place);
  }

  #receive(connection: Connection, data: RawData, isBinary: boolean): void {
    // A refused socket may have more on its way.
    if (connection.socket.readyState !== connection.socket.OPEN) return;
    try {
      const text = data.toString();
      this.#count(connection, Math.ceil(text.length / COUNTED_BYTES));
      if (isBinary) throw new MessageError('Message is binary; send JSON text.');
      this.#handle(connection, parseClientMessage(text));
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      this.#refuse(connection, error.message);
    }
  }

  #count({ allowance, asker }: Connection, cost: number): void {
    const { messagesPerSecond, messagesPerSecondPerAddress } = this.#limits;
    if (!allowance.spend(cost)) throw new MessageError(`Over ${messagesPerSecond} messages a second; send fewer.`);
    if (!asker.allowance.spend(cost)) {
      throw new MessageError(`Over ${messagesPerSecondPerAddress} messages a second from your address; send fewer.`);
    }
  }

  #handle(connection: Connection, message: ClientMessage): void {
    switch (message.type) {
      case 'leave':
        return this.#leave(connection);
      case 'relay':
        return this.#rooms.relay(connection.place, message.to, message.payload);
      case 'watch':
        this.#expectNowhere(connection);
        connection.place = this.#rooms.watch(connection, message.room);
        return;
      case 'join':
        this.#expectNowhere(connection);
        this.#tellIce(connection, message.id);
        connection.place = this.#rooms.join(connection, message);
        return;
      default:
        message satisfies never;
    }
  }

  #expectNowhere({ place }: Connection): void {
    if (place.kind !== 'nowhere') throw new MessageError(`This socket is in room "${place.room.name}"; leave it first.`);
  }

  #tellIce(connection: Connection, id: string): void {
    if (!this.#ice) return;
    connection.toldAt = performance.now();
    connection.send({ type: 'ice', ...this.#ice.configurationFor(id) });
  }

  #beat(): void {
    for (const connection of this.#connections) {
      if (connection.unanswered < this.#limits.unanswered) connection.socket.ping();
      else connection.socket.terminate();
      connection.unanswered++;
      const { place, toldAt } = connection;
      if (place.kind === 'member' && performance.now() - toldAt > RENEW_MS) this.#tellIce(connection, place.id);
    }
    // Whoever has gone and owes nothing is forgotten.
    for (const { name, sockets, allowance } of this.#askers.values()) if (sockets === 0 && allowance.isWhole) this.#askers.delete(name);
  }
}

/**
 * Answers WebSockets on `/signal` of an http server, and leaves its other paths to others. Keeps rooms of members in memory.
 * Ends with the http server, or earlier by `close`.
 */
export function attachSignalling(httpServer: UpgradeServer, options: SignallingOptions = {}): SignallingHandle {
  return new SignallingServer(httpServer, options);
}
