/** A page whose transport a test drives from outside. */

import { signallingUrl, type SignallingState } from '../../src/signalling/client.ts';
import { RecordingParticipant, type Participant } from '../../src/testing/transportContract.ts';
import { joinRoom, watchRoom } from '../../src/transport/webrtc.ts';

/** One tab's transport, for a test to drive from outside. */
export interface TransportPage {
  /** Enters a room of the server that served this page, or of another, and leaves the one before. */
  join(room: string, signalling?: string, secret?: string | null): Promise<void>;
  participant(): Participant;
  signalling: SignallingState[];
  counts: (number | null)[];
  watch(room: string): void;
}

declare global {
  interface Window {
    transportPage: TransportPage;
  }
}

let participant: Participant | undefined;

window.transportPage = {
  signalling: [],
  counts: [],
  async join(room, signalling = signallingUrl(location.origin), secret = null) {
    await participant?.close();
    window.transportPage.signalling = [];
    const transport = await joinRoom({
      signallingUrl: signalling,
      room,
      secret,
      onSignalling: (state) => window.transportPage.signalling.push(state),
    });
    participant = new RecordingParticipant(transport);
  },
  participant() {
    if (!participant) throw new Error('This page has not joined; call join first.');
    return participant;
  },
  watch(room) {
    watchRoom(signallingUrl(location.origin), room, (members) => window.transportPage.counts.push(members));
  },
};
