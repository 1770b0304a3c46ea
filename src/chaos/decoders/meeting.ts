/** What comes before there is a channel: signalling, by a server, by tabs or by hand, closed rooms and their doors. */

import { DoorKey, isGenuine, type Greeting } from '../../door/doorKey.ts';
import { decodeDoorMessage } from '../../door/doorMessages.ts';
import { parseIceServers, IceServersError } from '../../signalling/iceServers.ts';
import { MessageError, parseClientMessage, parseServerMessage } from '../../signalling/messages.ts';
import { makeSecret, RoomSeal } from '../../signalling/seal.ts';
import { isTabMessage, memberOf } from '../../signalling/tabMessages.ts';
import { decodePairCode, encodePairCode, PairCodeError } from '../../transport/pairCode.ts';
import { parseRelayed } from '../../transport/relayed.ts';
import { asText, utf8, type Decoder } from './decoder.ts';

const [me, other] = ['a'.repeat(22), 'b'.repeat(22)] as const;
const member = { id: me, number: 0, order: 1 };
const sdp = 'v=0\r\n'.repeat(20);
const candidate = { candidate: 'candidate:1 1 udp 1 127.0.0.1 9 typ host', sdpMLineIndex: 0, sdpMid: '0' };
const server = { urls: 'turn:turn.example.org', username: 'a', credential: 'b' };

const direction = { from: me, to: other };
const seal = await RoomSeal.of('room', makeSecret());
const key = await DoorKey.make();
const meeting = { room: 'room', keeper: me, visitor: other };
const greeting: Greeting = await key.greet(meeting);

export const meetings: readonly Decoder[] = [
  {
    name: 'signalling, at the server',
    of: 'json',
    valid: [
      { type: 'join', room: 'main', id: me, number: 2 },
      { type: 'watch', room: 'main' },
      { type: 'relay', to: other, payload: 'x' },
      { type: 'leave' },
    ],
    decode: parseClientMessage,
    refusals: [MessageError],
  },
  {
    name: 'signalling, at a client',
    of: 'json',
    valid: [
      { type: 'count', members: 3 },
      { type: 'presence', members: [member, { ...member, id: other, number: 1 }] },
      { type: 'relay', from: other, payload: 'x' },
      { type: 'ice', iceServers: [server], iceTransportPolicy: 'all' },
      { type: 'error', message: 'Full.' },
    ],
    decode: parseServerMessage,
    refusals: [MessageError],
  },
  {
    name: 'what members relay',
    of: 'json',
    valid: [
      { type: 'ask', epoch: 3 },
      { type: 'signal', epoch: 1, fromDialler: true, signal: { type: 'offer', sdp } },
      { type: 'signal', epoch: 2, fromDialler: false, signal: { type: 'candidate', candidate } },
    ],
    decode: (text) => parseRelayed(text) ?? null,
    refusals: [],
  },
  {
    name: 'what is sealed in a closed room',
    of: 'bytes',
    valid: [utf8(await seal.seal(direction, 1, JSON.stringify({ type: 'ask', epoch: 3 })))],
    decode: asText((text) => seal.open(direction, text)),
    refusals: [],
  },
  {
    name: 'words among tabs',
    of: 'values',
    valid: [{ type: 'came' }, { type: 'relay', from: me, to: other, payload: 'x' }],
    decode: isTabMessage,
    refusals: [],
  },
  {
    name: "tabs' locks",
    of: 'json',
    valid: [member],
    decode: (text) => memberOf('room', `sparkmesh/room/member/${text}`),
    refusals: [],
  },
  {
    name: 'words at a door',
    of: 'json',
    valid: [
      { type: 'greeting', ...greeting },
      { type: 'knock', name: 'Zoë' },
      { type: 'admitted', secret: makeSecret() },
      { type: 'turnedAway' },
    ],
    decode: (text) => decodeDoorMessage(utf8(text)),
    refusals: [],
  },
  {
    name: "a keeper's signature",
    of: 'bytes',
    valid: [utf8(greeting.key + greeting.signature)],
    decode: asText((text) =>
      isGenuine({ key: text.slice(0, greeting.key.length), signature: text.slice(greeting.key.length) }, key.fingerprint, meeting),
    ),
    refusals: [],
  },
  {
    name: 'codes of two devices',
    of: 'bytes',
    valid: [utf8(await encodePairCode({ type: 'offer', ...direction, sdp }))],
    decode: asText((text) => decodePairCode(text, 'offer')),
    refusals: [PairCodeError],
  },
  {
    name: 'ICE servers',
    of: 'json',
    valid: [[server], [{ urls: ['stun:stun.example.org:3478', 'turns:[::1]?transport=tcp'], username: 'a', credential: 'b' }]],
    decode: (text) => parseIceServers(text, 'ICE_SERVERS'),
    refusals: [IceServersError],
  },
];
