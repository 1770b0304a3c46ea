/** The screens of docs/SCREENS.md: states of the gallery, what each says to whom, and what of it its pictures show. */

export interface Screen {
  /** Of the gallery; names the pictures, too. */
  readonly state: string;
  readonly title: string;
  /** Markdown, without the pictures. */
  readonly says: string;
  /** Selectors of what is in the picture of a desktop's window. */
  readonly desktop: readonly string[];
  /** And of a phone's; null where the layout is not another. */
  readonly phone: readonly string[] | null;
}

export interface Chapter {
  readonly title: string;
  readonly screens: readonly Screen[];
}

const entrance = ['.welcome > div'];
const top = ['.top-bar', '.run-bar'];
const topAndNotice = ['.top-bar', '.notice', '.run-bar'];
const code = ['.top-bar', '.run-bar', '.qr-code', '.invitation-code'];
const everything = ['#root'];

export const chapters: readonly Chapter[] = [
  {
    title: 'Coming in',
    screens: [
      {
        state: 'closed',
        title: 'A closed room',
        says: 'Who has followed the whole link of a closed room reads who else gets in, and that the meeting point cannot listen.',
        desktop: entrance,
        phone: entrance,
      },
      {
        state: 'plain',
        title: 'By plain http',
        says: 'A device that came without https is told what its browser withholds, and that closed rooms want https.',
        desktop: entrance,
        phone: null,
      },
      {
        state: 'closedByHttp',
        title: 'A closed room by plain http',
        says: 'The link of a closed room does nothing over http: whoever follows it is told to write https, or goes to the open room.',
        desktop: entrance,
        phone: null,
      },
      {
        state: 'serverless',
        title: 'No meeting point',
        says: 'Where only files are served there is no meeting point; tabs of this browser still find each other, and two devices by hand.',
        desktop: entrance,
        phone: null,
      },
      {
        state: 'reloaded',
        title: 'Loaded again during a run',
        says: 'A tab that was closed or has crashed is offered its place in the run, with what it had learned. **Go on** comes first.',
        desktop: entrance,
        phone: entrance,
      },
      {
        state: 'door',
        title: 'At the door of a closed room',
        says: 'Who was invited to a door gives a name, and reads who will see it.',
        desktop: entrance,
        phone: entrance,
      },
      {
        state: 'doorWaiting',
        title: 'Waiting at the door',
        says: 'The visitor knows that the name has arrived, and that the page goes on by itself.',
        desktop: entrance,
        phone: null,
      },
      {
        state: 'doorTurnedAway',
        title: 'Turned away',
        says: 'The visitor is told so, and may ask again.',
        desktop: entrance,
        phone: null,
      },
    ],
  },
  {
    title: 'Inviting others',
    screens: [
      {
        state: 'invite',
        title: 'Another device of the same network',
        says: 'With `npm start -- --lan` the link has the address that other devices reach, and a code for their cameras.',
        desktop: code,
        phone: code,
      },
      {
        state: 'inviteClosed',
        title: 'To a closed room',
        says: 'The link has the secret after `#`, which no server sees; whoever has the link gets in.',
        desktop: code,
        phone: code,
      },
      {
        state: 'doorKept',
        title: 'A door is kept',
        says: 'With **Ask me before anyone comes in** the link leads to the door, and this tab is asked.',
        desktop: top,
        phone: top,
      },
      {
        state: 'doorCallers',
        title: 'Somebody asks',
        says: 'Whoever keeps the door sees who asks, on top of all else, and lets each in or turns them away.',
        desktop: top,
        phone: top,
      },
      {
        state: 'browserLobby',
        title: 'Tabs of one browser',
        says: 'Without a meeting point the link is of use in this browser alone, so there is no code for cameras.',
        desktop: top,
        phone: null,
      },
      {
        state: 'pairInvites',
        title: 'Two devices by hand: who invites',
        says: 'One device shows a link, and takes the answer that the other shows, scanned or pasted.',
        desktop: ['.pair-place'],
        phone: ['.pair-place'],
      },
      {
        state: 'pairInvited',
        title: 'Two devices by hand: who is invited',
        says: 'The other shows its answer, and goes on by itself when that has been brought back.',
        desktop: ['.pair-place'],
        phone: null,
      },
      {
        state: 'pairOver',
        title: 'Two devices by hand: over',
        says: 'When the connection has ended, the invited device says why, and what is wanted for another.',
        desktop: ['.pair-place'],
        phone: null,
      },
    ],
  },
  {
    title: 'Nobody waits',
    screens: [
      {
        state: 'waiting',
        title: 'Others are getting ready',
        says: 'Anyone may start without those who still load; each row says who that is, and they join when they are ready.',
        desktop: everything,
        phone: top,
      },
      {
        state: 'running',
        title: 'Waiting for a neighbour',
        says: 'In a round everyone sees whose answer is still due, in words, in the graph and in the table.',
        desktop: everything,
        phone: ['.talking'],
      },
      {
        state: 'late',
        title: 'Going on without one',
        says: 'Who is late too often is asked, but not waited for: the round goes on without it, and its missed rounds are counted.',
        desktop: ['.talking'],
        phone: null,
      },
      {
        state: 'paused',
        title: 'Paused',
        says: 'A pause is everyone’s, whoever pressed it, and anyone ends it. Nobody is late meanwhile.',
        desktop: top,
        phone: top,
      },
      {
        state: 'settled',
        title: 'Settled by patience',
        says: 'Where somebody set a patience, the run ends when the averaged model gets no better, and says so.',
        desktop: top,
        phone: top,
      },
      {
        state: 'deserted',
        title: 'Everyone has gone',
        says: 'Who is left trains alone until someone joins.',
        desktop: everything,
        phone: null,
      },
      {
        state: 'cutoff',
        title: 'The meeting point is lost',
        says: 'A run needs it no more than for newcomers: open connections go on, and everyone is told.',
        desktop: top,
        phone: top,
      },
    ],
  },
  {
    title: 'What goes wrong',
    screens: [
      {
        state: 'broken',
        title: 'A member has failed',
        says: 'The others are told who and why, and go on at once; the row has the reason, too. On a phone it stands below the top.',
        desktop: everything,
        phone: topAndNotice,
      },
      {
        state: 'failed',
        title: 'This one has failed',
        says: 'Who has failed reads why and what to do, keeps what was learned in sight, and comes back with one button.',
        desktop: everything,
        phone: top,
      },
      {
        state: 'fallback',
        title: 'The graphics processor failed',
        says: 'The run goes on with WebAssembly by itself: the person is told that it may be slower, and the panel on the left names what computes now.',
        desktop: everything,
        phone: topAndNotice,
      },
      {
        state: 'refused',
        title: 'Somebody sends nonsense',
        says: 'A member whose frames cannot be used is disconnected from this one; its row says so, and the notice says why.',
        desktop: everything,
        phone: topAndNotice,
      },
    ],
  },
];
