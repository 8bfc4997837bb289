import t from 'tap';
import { factsOf, placementOf, type ClaimProgress } from '#domain/gpu/claim/index.js';
import { NO_WORK, type WorkSlot, type WorkTask } from '#domain/work/index.js';

const SLOT: WorkSlot = {
  allocationId: 'a1',
  nodeId: 'n1',
  jobVersion: 0,
  attempt: 0,
  running: false,
  ran: false,
  ended: null,
  message: null,
  tasks: {},
  released: null,
  final: false,
  retryAt: null,
  moved: null,
};
const TASK: WorkTask = {
  status: 'running',
  startTime: null,
  endTime: null,
  exitCode: null,
  error: null,
  message: null,
  healthy: null,
  healthySince: null,
};

const claim = (slot: Partial<WorkSlot>, standing: ClaimProgress['standing'] = 'held'): ClaimProgress => ({
  standing,
  work: {
    ...NO_WORK,
    evaluated: true,
    groups: { claim: { identity: 'i', since: 0, slots: [{ ...SLOT, ...slot }] } },
  },
});
const task = (said: Partial<WorkTask>): Partial<WorkSlot> => ({ tasks: { main: { ...TASK, ...said } } });

void t.test(
  "a container's outcome is taken from its task if reported, and otherwise from its allocation",
  async (t) => {
    const cases: readonly (readonly [what: string, slot: Partial<WorkSlot>, ending: string | null])[] = [
      ['nothing was reported', {}, null],
      ['the task runs', { running: true, ran: true, ...task({ startTime: 1 }) }, null],
      ['the task completed with code 0', task({ status: 'complete', startTime: 1, exitCode: 0 }), 'exited'],
      ['the task completed without an exit code', task({ status: 'complete' }), 'exited'],
      ['the task failed with an exit code', task({ status: 'failed', startTime: 1, exitCode: 3 }), 'exited'],
      ['the task was stopped', task({ status: 'stopped', startTime: 1, exitCode: 137 }), null],
      ['the image could not be pulled', task({ status: 'failed', error: 'manifest unknown' }), 'image'],
      [
        'the image could not be pulled, according to the message',
        task({ status: 'failed', startTime: 1, message: 'Pull access denied for x' }),
        'image',
      ],
      ['the task could not start', task({ status: 'failed', error: 'no such device' }), 'unstarted'],
      [
        'the task failed with no exit code',
        task({ status: 'failed', startTime: 1, error: 'gone' }),
        'exited',
      ],
      ['the allocation completed without a task report', { ended: 'complete' }, 'exited'],
      ['the allocation failed after it ran', { ended: 'failed', ran: true }, 'exited'],
      ['the allocation failed before it ran', { ended: 'failed', message: 'no such device' }, 'unstarted'],
      [
        'the allocation failed to get an image',
        { ended: 'failed', message: 'image pull: not found' },
        'image',
      ],
      ['the allocation was stopped', { ended: 'stopped', ran: true }, null],
      ['the allocation was lost', { ended: 'lost', ran: true }, null],
    ];
    for (const [what, slot, ending] of cases) t.equal(placementOf(claim(slot))?.ending, ending, what);
  },
);

void t.test(
  'a held claim without an allocation has no placement, and an ended claim keeps its last node',
  async (t) => {
    for (const released of ['lost', 'stopped'] as const) {
      t.equal(placementOf(claim({ released })), null);
      t.match(placementOf(claim({ released, ...task({ containerId: 'c1' }) }, 'released')), {
        allocationId: 'a1',
        nodeId: 'n1',
        containerId: 'c1',
      });
    }
    t.match(placementOf(claim({ released: 'failed' })), { containerId: '', running: false });
    t.equal(placementOf({ standing: 'held', work: NO_WORK }), null);
  },
);

void t.test('a claim records whether its node was lost or drained, or its GPU failed', async (t) => {
  t.equal(factsOf(claim({})).moved, null);
  t.equal(factsOf(claim({ moved: 'lost' })).moved, 'NodeLost');
  t.equal(factsOf(claim({ moved: 'drain' })).moved, 'NodeDrained');
  t.equal(
    factsOf(claim({ moved: 'capacity-shrunk' })).moved,
    'GpuLost',
    'a reduced capacity means that a GPU failed',
  );
});
