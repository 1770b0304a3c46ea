/** The browser's side of signalling: a socket that comes back by itself, and what is said on it. */

import { silent, type Log } from '../log/log.ts';
import type { IceConfiguration } from './iceServers.ts';
import { MessageError, parseServerMessage, SIGNAL_PATH, type ClientMessage, type Member, type ServerMessage } from './messages.ts';

/** `local`: no server is there, and tabs of this browser find each other. */
export type SignallingState = 'connected' | 'lost' | 'local';

/** The server could not be reached, or refused: the message is its own. */
export class SignallingError extends Error {
  override readonly name: string = 'SignallingError';
}

/** No server has answered at the first try. */
export class NoServerError extends SignallingError {
  override readonly name = 'NoServerError';
}

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 10_000;

/**
 * The address of the signalling server that served a page: in the page's folder, wherever a proxy has put that.
 * @example signallingUrl('https://example.org/mesh/?room=lab') // 'wss://example.org/mesh/signal'
 */
export function signallingUrl(page: string): string {
  const url = new URL(`.${SIGNAL_PATH}`, page);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

interface SocketListener {
  /** A socket has opened, the first or a later one. */
  opened(): void;
  message(message: ServerMessage): void;
  /** The socket has closed; another is tried after a while, unless this one closes it. @param answered whether it had opened. */
  closed(reason: string, answered: boolean): void;
}

/** One WebSocket after another to the same address, until closed. */
class ReconnectingSocket {
  readonly #url: string;
  readonly #listener: SocketListener;
  readonly #log: Log;
  #socket: WebSocket | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #ended = false;

  constructor(url: string, listener: SocketListener, log: Log = silent) {
    this.#url = url;
    this.#listener = listener;
    this.#log = log;
    this.#connect();
  }

  send(message: ClientMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  close(): void {
    this.#ended = true;
    clearTimeout(this.#retry);
    this.#socket?.close();
  }

  #connect(): void {
    this.#log('signalling', 'connects', { url: this.#url });
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    let reason = `no signalling server answers at ${this.#url}.`;
    let answered = false;
    socket.onopen = () => {
      if (this.#ended) return;
      answered = true;
      reason = 'the signalling server closed the connection.';
      this.#listener.opened();
    };
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (this.#ended) return;
      try {
        const message = parseServerMessage(String(data));
        if (message.type === 'error') reason = message.message;
        else this.#failures = 0;
        this.#listener.message(message);
      } catch (error) {
        if (!(error instanceof MessageError)) throw error;
        reason = `the signalling server sent something else than signalling: ${error.message}`;
        socket.close();
      }
    };
    socket.onclose = () => {
      if (this.#ended) return;
      const wait = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures++);
      this.#log('signalling', 'closed', { reason });
      this.#retry = setTimeout(() => this.#connect(), wait);
      this.#listener.closed(reason, answered);
      if (!this.#ended) this.#log('signalling', 'tries again', { afterMs: wait });
    };
  }
}

export interface SignallingListener {
  /** Everyone in the room, this client included, at once and on every change. */
  presence(members: readonly Member[]): void;
  relay(from: Member['id'], payload: string): void;
  /** The ICE servers of connections from now on; not told where there are none. */
  ice(configuration: IceConfiguration): void;
  /** After `lost`, the client rejoins by itself; `connected` or `local` comes just before the first presence. */
  state(state: SignallingState): void;
}

/** Who wants a place in which room. */
export interface Entry {
  readonly room: string;
  readonly id: Member['id'];
  /** The one to have if it is free, else the smallest that is; null for that. */
  readonly number: number | null;
}

/** A place in a room. */
export interface Signalling {
  /**
   * Resolves with the first presence, which the listener has then seen.
   * @throws {SignallingError} when there is no way in.
   */
  readonly joined: Promise<void>;
  /** Passes text to another member; lost without a word when that member cannot be reached or has left. */
  relay(to: Member['id'], payload: string): void;
  /** Leaves the room. */
  close(): void;
}

/** A place at the server. Keeps its id, and asks for its number again, each time the socket comes back. */
export class SignallingSession implements Signalling {
  readonly #socket: ReconnectingSocket;
  /**
   * Resolves with the first presence, which the listener has then seen.
   * @throws {NoServerError} when the server cannot be reached; the session has then ended.
   * @throws {SignallingError} when it refuses, likewise.
   */
  readonly joined: Promise<void>;

  constructor(url: string, { room, id, number: wanted }: Entry, listener: SignallingListener, log: Log = silent) {
    let settle = { resolve: () => {}, reject: (_error: SignallingError) => {} };
    this.joined = new Promise((resolve, reject) => (settle = { resolve, reject }));
    let everJoined = false;
    let state: SignallingState = 'lost';
    let number = wanted ?? undefined;
    const events: SocketListener = {
      opened: () => {
        log('signalling', 'joins', { room, id });
        this.#socket.send({ type: 'join', room, id, number });
      },
      message(message) {
        switch (message.type) {
          case 'presence':
            number = message.members.find((member) => member.id === id)?.number;
            log('signalling', 'presence', { number: number ?? null, members: message.members.map((member) => member.id) });
            if (state === 'lost') listener.state((state = 'connected'));
            listener.presence(message.members);
            everJoined = true;
            return settle.resolve();
          case 'relay':
            return listener.relay(message.from, message.payload);
          case 'ice':
            log('signalling', 'ice', { servers: message.iceServers.length, policy: message.iceTransportPolicy });
            return listener.ice({ iceServers: message.iceServers, iceTransportPolicy: message.iceTransportPolicy });
          case 'count':
          case 'error':
            return;
          default:
            message satisfies never;
        }
      },
      closed: (reason, answered) => {
        if (state === 'connected') listener.state((state = 'lost'));
        if (everJoined) return;
        this.close();
        const message = `Cannot join room "${room}": ${reason}`;
        settle.reject(answered ? new SignallingError(message) : new NoServerError(message));
      },
    };
    this.#socket = new ReconnectingSocket(url, events, log);
  }

  /** Passes text to another member; lost without a word while the socket is lost or when that member has left. */
  relay(to: Member['id'], payload: string): void {
    this.#socket.send({ type: 'relay', to, payload });
  }

  /** Leaves the room. */
  close(): void {
    this.#socket.close();
  }
}

/**
 * Follows the number of members of `room` at the server without joining it.
 * @param onCount gets every new count, and `null` while the server is lost.
 * @param onNoServer called when no server answers at the first try; it is then over.
 * @returns ends it.
 */
export function watchServer(url: string, room: string, onCount: (members: number | null) => void, onNoServer: () => void): () => void {
  let everAnswered = false;
  const socket = new ReconnectingSocket(url, {
    opened: () => {
      everAnswered = true;
      socket.send({ type: 'watch', room });
    },
    message(message) {
      if (message.type === 'count') onCount(message.members);
    },
    closed: () => {
      if (everAnswered) return onCount(null);
      socket.close();
      onNoServer();
    },
  });
  return () => socket.close();
}
