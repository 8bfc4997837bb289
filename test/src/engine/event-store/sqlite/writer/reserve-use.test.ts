import t from 'tap';
import { EVENT_CATALOG } from '#domain/all-events.js';
import { reserveUse } from '#src/engine/event-store/sqlite/writer/reserve-use.js';

const ENDING: ReadonlySet<string> = new Set(EVENT_CATALOG.ending);

const append = (stream: string, ...types: string[]) =>
  reserveUse(
    {
      do: 'append',
      token: 1,
      stream,
      expected: 0,
      texts: types.flatMap((type) => ['id', type, '{}', '{}']),
    },
    ENDING,
  );

void t.test(
  'allows events that end work the whole reserve, consequences half of it, and new work none',
  async (t) => {
    t.equal(append('job-a', 'JobStopped'), 'ends');
    t.equal(append('task-1', 'TaskRunsCancelled'), 'ends');
    t.equal(append('scheduler', 'AllocationStopRequested', 'AllocationReleased'), 'ends');
    t.equal(append('scheduler', 'AllocationStopRequested', 'AllocationPlaced'), 'follows');
    t.equal(append('node-a', 'NodeRegistered'), 'follows');
    for (const type of [
      'JobSubmitted',
      'JobUpdated',
      'TaskSlotDecided',
      'GpuClaimed',
      'ServiceCreated',
      'UserRegistered',
    ])
      t.equal(append('job-a', type), undefined);
    t.equal(append('job-a', 'JobStopped', 'JobSubmitted'), undefined);
    const login = { do: 'append', token: 1, stream: 'session-a', expected: -1 } as const;
    const texts = ['id', 'SessionOpened', '{}', '{}'];
    t.equal(reserveUse({ ...login, texts }, ENDING), undefined);
    t.equal(reserveUse({ ...login, texts, urgent: true }, ENDING), 'ends', 'an urgent append');
    t.equal(
      reserveUse(
        {
          do: 'wire-append',
          token: 1,
          stream: 'job-a',
          expected: 'any' as never,
          texts: ['id', 'JobStopped', '{}', '{}'],
        },
        ENDING,
      ),
      undefined,
    );
  },
);
