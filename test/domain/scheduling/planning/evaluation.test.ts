import t from 'tap';
import { group, job, only, types, World } from '../world.js';

void t.test('a job that fits nowhere is blocked with reasons until a node can hold it', async (t) => {
  const world = new World()
    .node('a')
    .node('docker-only', { drivers: ['docker'] })
    .node('sick', { healthy: false });
  world.settle();
  const evaluationId = world.submit('j', job(group('big', {}, { cpu: 1500, memory: 100 })));
  t.strictSame(only(world.settle(), 'EvaluationBlocked'), [
    {
      evaluationId,
      jobId: 'j',
      jobVersion: 0,
      triggers: [{ kind: 'job-submitted', ref: evaluationId }],
      reasons: {
        big: {
          unplaced: 1,
          nodes: 3,
          filtered: { 'driver exec': 1, unschedulable: 1 },
          exhausted: { cpu: 1 },
          short: { cpu: 500 },
          oversized: 1,
        },
      },
    },
  ]);
  t.strictSame(world.settle(), []);
  world.node('b', { resources: { cpu: 2000, memory: 2000 } });
  const events = world.settle();
  t.strictSame(types(events), ['NodeCapacitySet', 'AllocationPlaced', 'EvaluationCompleted']);
  t.match(only(events, 'EvaluationCompleted')[0], {
    evaluationId,
    triggers: [{ kind: 'capacity-freed', ref: 'b' }],
  });
});

void t.test(
  'freed capacity goes to the job of higher priority, and jobs that still do not fit are not reported again',
  async (t) => {
    const world = new World().node('a', { resources: { cpu: 100, memory: 100 } });
    world.settle();
    world.submit('first', job());
    world.settle();
    world.submit('low', { ...job(), priority: 10 });
    world.submit('high', { ...job(), priority: 90 });
    world.settle();
    world.report(world.live('first')[0]!, 'AllocationCompleted');
    const events = world.settle();
    t.strictSame(
      only(events, 'AllocationPlaced').map((each) => each.jobId),
      ['high'],
    );
    t.strictSame(only(events, 'EvaluationBlocked'), []);
  },
);

void t.test('reasons are reported again when they change, at most once a second', async (t) => {
  const world = new World().node('a');
  world.settle();
  world.submit('big', job(group('main', {}, { cpu: 5000, memory: 10 })));
  world.settle();
  world.submit('small', job());
  t.strictSame(only(world.settle(), 'EvaluationBlocked'), []);
  t.strictSame(
    only(world.after(1000).settle(), 'EvaluationBlocked').map((each) => each.reasons['main']?.short),
    [{ cpu: 4100 }],
  );
  t.strictSame(world.after(5000).settle(), []);
});

void t.test(
  'no reasons are reported for a job that was just placed, however old its last reported reasons are',
  async (t) => {
    const world = new World().node('a', { resources: { cpu: 100, memory: 100 } });
    world.settle();
    world.submit('first', job());
    world.submit('woken', job());
    world.submit('waiting', job(group('big', {}, { cpu: 5000, memory: 100 })));
    world.settle();
    world.node('b', { resources: { cpu: 100, memory: 100 } });
    t.strictSame(types(world.plan()), ['NodeCapacitySet']);
    const events = world.after(60_000).settle();
    t.strictSame(types(events), ['AllocationPlaced', 'EvaluationCompleted', 'EvaluationBlocked']);
    t.match(only(events, 'AllocationPlaced'), [{ jobId: 'woken', nodeId: 'b' }]);
    t.match(
      only(events, 'EvaluationBlocked'),
      [{ jobId: 'waiting', reasons: { big: { nodes: 2 } } }],
      'only the job that still waits gets new reasons',
    );
  },
);
