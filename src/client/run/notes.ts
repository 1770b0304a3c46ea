/** The lines of the log that say what a round waits for, and what came of that. */
import type { Log } from '../../log/log.ts';
import type { RoundEvent, RoundState } from '../../round/state.ts';

type Activity = RoundState['activity'];

const detailsOf = (activity: Activity) => (activity.phase === 'idle' ? {} : { round: activity.plan.round, phase: activity.phase });
const placeOf = (activity: Activity) => (activity.phase === 'idle' ? 'idle' : `${activity.phase} of ${activity.plan.round}`);
const isDue = (activity: Activity, peer: string) => activity.phase !== 'idle' && activity.waiting.has(peer);
const othersDue = (activity: Activity, peer: string) =>
  activity.phase === 'idle' ? [] : [...activity.waiting].filter((other) => other !== peer);

/** Notes an answer that was waited for, a peer that left, and the phase that a client is in now with whom it waits for. */
export function noteAdvance(log: Log, { activity: before }: RoundState, event: RoundEvent, { activity: after }: RoundState): void {
  const isDifferent = placeOf(before) !== placeOf(after);
  const peer = event.type === 'message' ? event.from : event.type === 'lost' ? event.peer : null;
  if (peer !== null && isDue(before, peer) && (isDifferent || !isDue(after, peer))) {
    const what = event.type === 'lost' ? 'lost' : event.type === 'message' && event.message.type === 'decline' ? 'declined' : 'answered';
    log('round', what, { ...detailsOf(before), by: peer, for: othersDue(before, peer) });
  }
  if (!isDifferent || after.phase === 'idle') return;
  log('round', after.waiting.size > 0 ? 'waits' : 'computes', { ...detailsOf(after), for: [...after.waiting], missed: [...after.missed] });
}
