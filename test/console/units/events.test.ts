import t from 'tap';
import type * as Newer from '../../../console/rooms/events/followed.js';
import { loadConsole } from '../fixtures/load.js';

const { followedBy } = await loadConsole<typeof Newer>('rooms/events/followed.ts');
type Change = Newer.Followed['events'][number];

const changes = (from: number, to: number): Change[] =>
  Array.from({ length: to - from + 1 }, (_, at) => ({ position: String(from + at) }) as Change);
const positions = ({ events }: Newer.Followed): string[] => events.map(({ position }) => position);

void t.test('new events are listed first', async (t) => {
  const none: Newer.Followed = { after: '10', events: [], seen: 0 };
  const some = followedBy(none, changes(11, 12));
  t.same(positions(some), ['12', '11']);
  t.match(followedBy(some, changes(13, 13)), { after: '10', seen: 3 });
  t.same(positions(followedBy(some, changes(13, 13))), ['13', '12', '11']);
  t.same(followedBy(some, []), some);
});

void t.test(
  'a list of too many new events is discarded and counted, so that they are requested again',
  async (t) => {
    const many = followedBy({ after: '10', events: [], seen: 0 }, changes(11, 2010));
    t.equal(many.events.length, 2000);
    t.same(followedBy(many, changes(2011, 2012)), { after: '2012', events: [], seen: 2002 });
  },
);
