import t from 'tap';
import { nextDue, plan, recordsOf, restore } from '#domain/scheduling/index.js';
import { group, job, only, types, World } from '../world.js';

void t.test('the registered resources of a node are admitted to the plan log once', async (t) => {
  const world = new World().node('a', { resources: { cpu: 2000.7, memory: 500, 'Odd Name': 3 } });
  t.strictSame(only(world.settle(), 'NodeCapacitySet'), [
    { nodeId: 'a', epoch: 1, resources: { cpu: 2000, memory: 500 }, schedulable: true },
  ]);
  t.strictSame(world.settle(), [], 'unchanged resources are not admitted again');
});

void t.test('a job is placed with its resources, and its evaluation is completed', async (t) => {
  const world = new World().node('a');
  world.settle();
  const evaluationId = world.submit('j', job(group('main', { count: 2 })));
  const events = world.settle();
  t.strictSame(types(events), ['AllocationPlaced', 'AllocationPlaced', 'EvaluationCompleted']);
  const [placed] = only(events, 'AllocationPlaced');
  t.match(placed, {
    jobId: 'j',
    jobVersion: 0,
    group: 'main',
    slot: 0,
    attempt: 0,
    nodeId: 'a',
    epoch: 1,
    evaluationId,
    resources: { cpu: 100, memory: 100 },
  });
  t.strictSame(only(events, 'EvaluationCompleted'), [
    { evaluationId, jobId: 'j', jobVersion: 0, triggers: [{ kind: 'job-submitted', ref: evaluationId }] },
  ]);
});

void t.test('planning twice from one state gives equal events and leaves the state unchanged', async (t) => {
  const world = new World().node('a').node('b');
  world.settle();
  world.submit('j', job(group('main', { count: 30 })));
  const first = world.state.ledger.used.map((used) => [...used]);
  const { plan } = await import('#domain/scheduling/index.js');
  const one = plan(world.state, { now: world.now });
  const other = plan(world.state, { now: world.now });
  t.strictSame(one.events, other.events);
  t.strictSame(
    world.state.ledger.used.map((used) => [...used]),
    first,
  );
});

void t.test('a completed allocation is released, and its job finishes with the last release', async (t) => {
  const world = new World().node('a');
  world.settle();
  world.submit('j', job(group('main', { count: 2 })));
  world.settle();
  const [one, two] = world.live('j');
  world.report(one!, 'AllocationCompleted');
  t.strictSame(types(world.settle()), ['AllocationReleased']);
  world.report(two!, 'AllocationCompleted');
  const events = world.settle();
  t.strictSame(types(events), ['AllocationReleased', 'JobFinished']);
  t.match(only(events, 'JobFinished')[0], { jobId: 'j', jobVersion: 0, outcome: 'complete' });
  t.equal(world.state.jobs.size, 0);
});

void t.test(
  'a failed allocation is final without a restart policy, and is retried as often as one allows',
  async (t) => {
    const world = new World().node('a');
    world.settle();
    world.submit('once', job());
    world.submit('again', job(group('main', { restart: { attempts: 1, delay: 5, mode: 'fail' } })));
    world.settle();
    world.report(world.live('once')[0]!, 'AllocationFailed');
    t.match(only(world.settle(), 'JobFinished')[0], { jobId: 'once', outcome: 'failed' });
    world.report(world.live('again')[0]!, 'AllocationFailed');
    const [released] = only(world.settle(), 'AllocationReleased');
    t.match(released, { outcome: 'failed', retryAt: world.now + 5000 });
    t.strictSame(world.after(4999).settle(), []);
    const retried = world.after(1).settle();
    t.strictSame(types(retried), ['AllocationPlaced', 'EvaluationCompleted']);
    t.match(only(retried, 'AllocationPlaced')[0], { attempt: 1 });
    t.strictSame(only(retried, 'EvaluationCompleted')[0]?.triggers, [
      { kind: 'retry-due', ref: released?.allocationId },
    ]);
    world.report(world.live('again')[0]!, 'AllocationFailed');
    const last = world.settle();
    t.notOk(only(last, 'AllocationReleased')[0]?.retryAt);
    t.match(only(last, 'JobFinished')[0], { outcome: 'failed' });
  },
);

void t.test(
  'with restart mode delay, a job is retried a minute after its attempts are used up',
  async (t) => {
    const world = new World().node('a');
    world.settle();
    world.submit('j', job(group('main', { restart: { attempts: 1, delay: 1, mode: 'delay' } })));
    world.settle();
    const pauses: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      world.report(world.live('j')[0]!, 'AllocationFailed');
      const [released] = only(world.settle(), 'AllocationReleased');
      pauses.push((released?.retryAt ?? 0) - world.now);
      world.after(60_000).settle();
    }
    t.strictSame(pauses, [1000, 60_000, 1000, 60_000]);
  },
);

void t.test(
  'an allocation on a node that went down is placed elsewhere, or fails if its group is set to fail',
  async (t) => {
    const world = new World().node('a');
    world.settle();
    world.submit('replace', job());
    world.submit('fail', job(group('main', { lost: 'fail' })));
    world.settle();
    world.node('b');
    world.settle();
    world.down('a');
    const events = world.settle();
    t.match(only(events, 'NodeCapacitySet')[0], { nodeId: 'a', schedulable: false });
    t.match(only(events, 'AllocationReleased'), [
      { jobId: 'replace', outcome: 'lost', retryAt: world.now },
      { jobId: 'fail', outcome: 'lost' },
    ]);
    t.notOk(only(events, 'AllocationReleased')[1]?.retryAt);
    t.match(only(events, 'AllocationPlaced'), [{ jobId: 'replace', nodeId: 'b', attempt: 1 }]);
    t.match(only(events, 'JobFinished'), [{ jobId: 'fail', outcome: 'failed' }]);
    t.strictSame(only(events, 'EvaluationCompleted')[0]?.triggers[0]?.kind, 'allocation-lost');
  },
);

void t.test('an allocation that is lost repeatedly waits longer each time', async (t) => {
  const world = new World().node('a');
  world.settle();
  world.submit('j', job());
  world.settle();
  const pauses: number[] = [];
  for (let round = 0; round < 4; round += 1) {
    world.report(world.live('j')[0]!, 'AllocationLost');
    pauses.push((only(world.settle(), 'AllocationReleased')[0]?.retryAt ?? 0) - world.now);
    world.after(10_000).settle();
  }
  t.strictSame(pauses, [0, 1000, 2000, 4000]);
});

void t.test(
  'allocations of a draining node are asked to stop, and placed elsewhere once released',
  async (t) => {
    const world = new World().node('a');
    world.settle();
    world.submit('j', job());
    world.settle();
    world.node('b');
    world.settle();
    world.give({ type: 'NodeDrainStarted', data: { nodeId: 'a' } });
    const drained = world.settle();
    t.strictSame(types(drained), ['AllocationStopRequested', 'NodeCapacitySet']);
    t.match(only(drained, 'AllocationStopRequested')[0], { reason: 'drain' });
    world.report(world.live('j')[0]!, 'AllocationStopped');
    const moved = world.settle();
    t.strictSame(types(moved), ['AllocationReleased', 'AllocationPlaced', 'EvaluationCompleted']);
    t.match(only(moved, 'AllocationPlaced')[0], { nodeId: 'b' });
    t.strictSame(world.check.findings, []);
  },
);

void t.test('a change of policy stops nothing, and the new policy is in force for what runs', async (t) => {
  const world = new World().node('a');
  world.settle();
  world.submit('failing', job(group('main')));
  world.submit('lost', job(group('main')));
  world.settle();
  world.submit(
    'failing',
    job(group('main', { restart: { attempts: 3, delay: 7, mode: 'fail' } })),
    'JobUpdated',
  );
  world.submit('lost', job(group('main', { lost: 'fail' })), 'JobUpdated');
  t.strictSame(types(world.settle()), ['EvaluationCompleted', 'EvaluationCompleted']);
  world.report(world.live('failing')[0]!, 'AllocationFailed');
  t.match(only(world.settle(), 'AllocationReleased'), [{ outcome: 'failed', retryAt: world.now + 7000 }]);
  world.report(world.live('lost')[0]!, 'AllocationLost');
  t.match(only(world.settle(), 'AllocationReleased'), [{ outcome: 'lost', retryAt: undefined }]);
  t.strictSame(recordsOf(restore(recordsOf(world.state))).next().value, recordsOf(world.state).next().value);
  t.strictSame(world.check.findings, []);
});

void t.test('a drain lets work that may not be repeated end by itself, until its deadline', async (t) => {
  const world = new World().node('a');
  world.settle();
  world.submit('movable', job());
  world.submit('short', job(group('main', { lost: 'fail' })));
  world.submit('long', job(group('main', { lost: 'fail' })));
  world.settle();
  world.give({ type: 'NodeDrainStarted', data: { nodeId: 'a', deadlineSeconds: 60 } });
  t.strictSame(
    only(world.settle(), 'AllocationStopRequested').map(({ jobId }) => jobId),
    ['movable'],
  );
  const until = world.now + 60_000;
  t.equal(nextDue(world.state), until, 'planning is due at the deadline');
  const restarted = restore(recordsOf(world.state));
  t.strictSame(plan(restarted, { now: world.now }).events, []);
  t.equal(nextDue(restarted), until, 'also after a restart');
  world.report(world.live('short')[0]!, 'AllocationCompleted');
  t.match(only(world.settle(), 'JobFinished')[0], { jobId: 'short', outcome: 'complete' });
  t.strictSame(world.after(59_999).settle(), []);
  t.match(only(world.after(1).settle(), 'AllocationStopRequested'), [{ jobId: 'long', reason: 'drain' }]);
  world.report(world.live('long')[0]!, 'AllocationStopped');
  const released = world.settle();
  t.match(only(released, 'AllocationReleased')[0], { jobId: 'long', outcome: 'lost', retryAt: undefined });
  t.match(only(released, 'JobFinished')[0], { jobId: 'long', outcome: 'failed' });
  t.equal(nextDue(world.state), undefined);
  t.strictSame(world.check.findings, []);
});

void t.test('the end of a drain, and a drain without a deadline, cancel the wait', async (t) => {
  const world = new World().node('a');
  world.settle();
  world.submit('j', job(group('main', { lost: 'fail' })));
  world.settle();
  world.give({ type: 'NodeDrainStarted', data: { nodeId: 'a', deadlineSeconds: 60 } });
  world.settle();
  world.give({ type: 'NodeDrainEnded', data: { nodeId: 'a' } });
  world.settle();
  t.strictSame(only(world.after(60_000).settle(), 'AllocationStopRequested'), []);
  world.give({ type: 'NodeDrainStarted', data: { nodeId: 'a' } });
  t.match(only(world.settle(), 'AllocationStopRequested'), [{ jobId: 'j', reason: 'drain' }]);
});

void t.test(
  'a node whose capacity shrinks stops its newest, least important allocations in the same append',
  async (t) => {
    const world = new World().node('a', { resources: { cpu: 300, memory: 300 } });
    world.settle();
    world.submit('old', job());
    world.settle();
    world.submit('important', { ...job(), priority: 80 });
    world.settle();
    world.submit('new', job());
    world.settle();
    world.node('a', { resources: { cpu: 200, memory: 300 } });
    const events = world.plan();
    t.strictSame(types(events), ['AllocationStopRequested', 'NodeCapacitySet']);
    t.match(only(events, 'AllocationStopRequested')[0], { jobId: 'new', reason: 'capacity-shrunk' });
    t.match(only(events, 'NodeCapacitySet')[0], { epoch: 2, resources: { cpu: 200 } });
    t.strictSame(world.check.findings, []);
  },
);

void t.test(
  'if one append is too small, surplus allocations are asked to stop before the capacity is set',
  async (t) => {
    const world = new World().node('a');
    world.settle();
    world.submit('j', job(group('main', { count: 10 })));
    world.settle();
    world.node('a', { resources: { cpu: 0, memory: 0 } });
    const events = world.settle({ maxEvents: 4, maxBytes: 100_000 });
    t.equal(only(events, 'AllocationStopRequested').length, 10);
    t.equal(types(events).at(-1), 'NodeCapacitySet');
    t.strictSame(world.check.findings, []);
  },
);

void t.test('a stopped job finishes once all of its allocations are released', async (t) => {
  const world = new World().node('a');
  world.settle();
  world.submit('j', job(group('main', { count: 2 })));
  world.settle();
  const evaluationId = world.end('j');
  const stopping = world.settle();
  t.strictSame(types(stopping), [
    'AllocationStopRequested',
    'AllocationStopRequested',
    'EvaluationCompleted',
  ]);
  t.match(only(stopping, 'EvaluationCompleted')[0], { evaluationId, triggers: [{ kind: 'job-stopped' }] });
  for (const id of world.live('j')) world.report(id, 'AllocationStopped');
  t.strictSame(types(world.settle()), ['AllocationReleased', 'AllocationReleased', 'JobFinished']);
});

void t.test('an evaluation is completed even if the deleted job had already finished', async (t) => {
  const world = new World().node('a');
  world.submit('j', job());
  world.settle();
  world.report(world.live('j')[0]!, 'AllocationCompleted');
  world.settle();
  const evaluationId = world.end('j', 'JobDeleted');
  const events = world.settle();
  t.strictSame(types(events), ['EvaluationCompleted', 'JobFinished']);
  t.match(only(events, 'EvaluationCompleted')[0], { evaluationId });
  t.match(only(events, 'JobFinished')[0], { outcome: 'deleted' });
  t.equal(world.state.jobs.size, 0);
});

void t.test('a running job that is deleted is stopped with the reason job-deleted', async (t) => {
  const world = new World().node('a');
  world.submit('j', job());
  world.settle();
  world.end('j', 'JobDeleted');
  t.match(only(world.settle(), 'AllocationStopRequested')[0], { reason: 'job-deleted' });
});

void t.test('an update that changes only the count starts or stops only the difference', async (t) => {
  const world = new World().node('a');
  world.submit('j', job(group('main', { count: 2 })));
  world.settle();
  world.submit('j', job(group('main', { count: 3 })), 'JobUpdated');
  const grown = world.settle();
  t.strictSame(types(grown), ['AllocationPlaced', 'EvaluationCompleted']);
  t.match(only(grown, 'AllocationPlaced')[0], { slot: 2, jobVersion: 1, attempt: 0 });
  world.submit('j', job(group('main', { count: 1 })), 'JobUpdated');
  const shrunk = world.settle();
  t.match(
    only(shrunk, 'AllocationStopRequested').map((each) => [each.slot, each.reason]),
    [
      [1, 'scaled-down'],
      [2, 'scaled-down'],
    ],
  );
});

void t.test('an update that changes a task replaces each allocation once it is released', async (t) => {
  const world = new World().node('a');
  world.submit('j', job(group()));
  world.settle();
  world.submit('j', job(group('main', {}, { cpu: 200, memory: 100 })), 'JobUpdated');
  const stopped = world.settle();
  t.strictSame(types(stopped), ['AllocationStopRequested', 'EvaluationCompleted']);
  t.match(only(stopped, 'AllocationStopRequested')[0], { reason: 'job-updated' });
  world.report(world.live('j')[0]!, 'AllocationCompleted');
  const replaced = world.settle();
  t.strictSame(types(replaced), ['AllocationReleased', 'AllocationPlaced', 'EvaluationCompleted']);
  t.match(only(replaced, 'AllocationPlaced')[0], { jobVersion: 1, attempt: 0, resources: { cpu: 200 } });
});

void t.test('a job updated while it stops starts again once its old allocations are released', async (t) => {
  const world = new World().node('a');
  world.submit('j', job());
  world.settle();
  world.end('j');
  world.submit('j', job(), 'JobUpdated');
  const events = world.settle();
  t.strictSame(types(events), ['AllocationStopRequested', 'EvaluationCompleted']);
  t.equal(only(events, 'EvaluationCompleted')[0]?.triggers.length, 3 - 1, 'both commands are evaluated');
  world.report(world.live('j')[0]!, 'AllocationFailed');
  const anew = world.settle();
  t.match(only(anew, 'AllocationReleased')[0], { outcome: 'stopped' });
  t.match(only(anew, 'AllocationPlaced')[0], { jobVersion: 2 });
});

void t.test('a group that was removed from the specification is stopped and dropped', async (t) => {
  const world = new World().node('a');
  world.submit('j', job(group('one'), group('two')));
  world.settle();
  world.submit('j', job(group('one')), 'JobUpdated');
  t.match(only(world.settle(), 'AllocationStopRequested'), [{ group: 'two', reason: 'job-updated' }]);
  world.report(world.live('j')[1]!, 'AllocationStopped');
  t.strictSame(types(world.settle()), ['AllocationReleased']);
  t.strictSame(
    world.state.jobs.get('j')?.groups.map((each) => each.name),
    ['one'],
  );
});

void t.test('an allocation that stops on its own is replaced, the second time after a delay', async (t) => {
  const world = new World().node('a');
  world.submit('j', job());
  world.settle();
  world.report(world.live('j')[0]!, 'AllocationStopped');
  t.strictSame(types(world.settle()), ['AllocationReleased', 'AllocationPlaced', 'EvaluationCompleted']);
  world.report(world.live('j')[0]!, 'AllocationStopped');
  t.match(only(world.settle(), 'AllocationReleased')[0], { retryAt: world.now + 1000 });
});

void t.test('a host port or GPU device that is held is not assigned again', async (t) => {
  const world = new World().node('a', { resources: { cpu: 1000, memory: 1000, gpus: 3 } });
  world.settle();
  const wanting = (port: number, gpus: number) => ({
    task_groups: [
      {
        name: 'main',
        tasks: [
          {
            name: 'task',
            driver: 'docker',
            config: { image: 'x' },
            ports: [{ host: port }],
            resources: { gpus },
          },
        ],
      },
    ],
  });
  world.submit('one', wanting(80, 2));
  world.submit('two', wanting(80, 1));
  world.submit('three', wanting(81, 2));
  const events = world.settle();
  t.match(only(events, 'AllocationPlaced'), [
    { jobId: 'one', ports: [80], gpuDevices: { task: [0, 1] }, resources: { cpu: 100, memory: 64, gpus: 2 } },
  ]);
  t.strictSame(
    only(events, 'EvaluationBlocked').map((each) => each.reasons['main']?.short),
    [{ 'port 80': 1 }, { gpus: 1 }],
  );
  world.submit('four', { ...wanting(82, 1), priority: 90 });
  t.match(only(world.settle(), 'AllocationPlaced')[0], { gpuDevices: { task: [2] } });
});

void t.test('an allocation placed on a node that has just gone down is placed elsewhere', async (t) => {
  const world = new World().node('a').node('b');
  world.settle();
  world.submit('j', job());
  const { plan } = await import('#domain/scheduling/index.js');
  const { events } = plan(world.state, { now: world.now });
  const placed = events[0]!;
  t.ok(placed.type === 'AllocationPlaced');
  if (placed.type === 'AllocationPlaced') world.down(placed.data.nodeId);
  for (const { type, data } of events) world.give({ type, data } as never);
  const after = world.settle();
  t.match(only(after, 'AllocationReleased')[0], { outcome: 'lost' });
  t.equal(only(after, 'AllocationPlaced').length, 1);
  t.strictSame(world.check.findings, []);
});

void t.test(
  'a removed node loses its allocations and gets no new ones until it registers again',
  async (t) => {
    const world = new World().node('a');
    world.settle();
    world.submit('j', job());
    world.settle();
    world.give({ type: 'NodeRemoved', data: { nodeId: 'a', epoch: 1, reason: 'crowded' } });
    const events = world.settle();
    t.match(only(events, 'AllocationReleased')[0], { jobId: 'j', outcome: 'lost' });
    t.strictSame(only(events, 'AllocationPlaced'), []);
    world.node('a');
    t.match(only(world.after(60_000).settle(), 'AllocationPlaced')[0], { jobId: 'j', nodeId: 'a', epoch: 2 });
    world.give({ type: 'NodeRemoved', data: { nodeId: 'a', epoch: 1, reason: 'crowded' } });
    t.strictSame(world.settle(), [], 'an event of a past epoch is ignored');
    t.strictSame(world.check.findings, []);
  },
);

void t.test('a clear drops everything, and a plan that was in progress is undone', async (t) => {
  const world = new World().node('a');
  world.settle();
  world.submit('j', job());
  const { plan } = await import('#domain/scheduling/index.js');
  const { events } = plan(world.state, { now: world.now });
  world.give({ type: 'ClusterCleared', data: {} });
  t.equal(world.state.jobs.size + world.state.nodes.length + world.state.allocations.size, 0);
  for (const { type, data } of events) world.give({ type, data } as never);
  t.strictSame(types(world.settle()), ['AllocationReleased', 'JobFinished']);
  t.equal(world.state.jobs.size + world.state.allocations.size, 0);
  t.strictSame(world.check.findings, []);
  world.node('a');
  world.submit('j', job());
  t.equal(only(world.settle(), 'AllocationPlaced').length, 1);
  t.strictSame(world.check.findings, []);
});

void t.test('the slots of one job are spread over nodes', async (t) => {
  const world = new World();
  for (let index = 0; index < 8; index += 1) world.node(`n${index}`);
  world.settle();
  world.submit('wide', job(group('main', { count: 8 })));
  t.equal(new Set(only(world.settle(), 'AllocationPlaced').map((each) => each.nodeId)).size, 8);
});

void t.test('a plan stays within its limits, and the next plan continues the work', async (t) => {
  const world = new World().node('a', { resources: { cpu: 100_000, memory: 100_000 } });
  world.settle();
  world.submit('j', job(group('main', { count: 500 })));
  const sizes: number[] = [];
  for (let events = world.plan(); events.length > 0; events = world.plan()) sizes.push(events.length);
  t.ok(sizes.every((size) => size <= 200));
  t.equal(world.live('j').length, 500);
  t.equal(world.log.filter((each) => each.type === 'EvaluationCompleted').length, 1);
});

void t.test('a resource can have the same name as a built-in object property', async (t) => {
  const world = new World().node('a', {
    resources: { cpu: 1000, memory: 1000, constructor: 2 } as Record<string, number>,
  });
  world.settle();
  world.submit(
    'j',
    job(group('main', { count: 3 }, { cpu: 1, memory: 1, constructor: 1 } as Record<string, number>)),
  );
  const events = world.settle();
  t.equal(only(events, 'AllocationPlaced').length, 2);
  t.strictSame(only(events, 'EvaluationBlocked')[0]?.reasons['main']?.short, { constructor: 1 });
});

void t.test('a job that makes planning throw is skipped, and other jobs are still placed', async (t) => {
  const world = new World().node('a');
  world.settle();
  world.submit('poison', job());
  world.submit('sound', job());
  const poisoned = world.state.jobs.get('poison')!;
  Object.defineProperty(poisoned.groups[0]!, 'slots', {
    get: () => {
      throw new Error('a defect');
    },
  });
  t.strictSame(
    only(world.settle(), 'AllocationPlaced').map((each) => each.jobId),
    ['sound'],
  );
  t.strictSame(
    [...world.state.agenda.aside.keys()].map((each) => each.id),
    ['poison'],
  );
});
