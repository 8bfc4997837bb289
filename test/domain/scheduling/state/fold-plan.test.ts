import t from 'tap';
import { STABLE_RUN_MS } from '#domain/scheduling/state/retry.js';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import type { JobSpecification } from '#domain/jobs/job/specification.js';
import { World, group, job } from '../world.js';

/** A world in which one allocation of job `j` is placed. */
function placed(specification: JobSpecification = job()) {
  const world = new World().node('n');
  world.submit('j', specification);
  world.settle();
  const [id = ''] = world.live('j');
  return { world, id, state: world.state };
}

const slotOf = (world: World, jobId = 'j') => world.state.jobs.get(jobId)?.groups[0]?.slots[0];

/** Releases an allocation, whose slot may be filled again after `retryIn` milliseconds. */
function release(
  world: World,
  allocationId: string,
  outcome: 'complete' | 'failed' | 'lost' | 'stopped',
  retryIn?: number,
): void {
  const { jobId, group: name, slot, nodeId } = world.placed(allocationId);
  const retry = retryIn === undefined ? {} : { retryAt: world.now + retryIn };
  world.give({
    type: 'AllocationReleased',
    data: { allocationId, jobId, group: name, slot, nodeId, outcome, ...retry },
  });
}

void t.test('a placed allocation holds its slot and its resources on its node', async (t) => {
  const { world, id, state } = placed();
  const allocation = state.allocations.get(id);
  t.match(allocation, {
    id,
    slot: 0,
    node: 0,
    jobVersion: 0,
    placedAt: world.now,
    order: 1,
    stopping: undefined,
    reported: undefined,
  });
  t.match(slotOf(world), { version: 0, attempts: 1, outcome: undefined, retryAt: undefined });
  t.equal(slotOf(world)?.allocation, allocation);
  t.strictSame([allocation?.job.live, allocation?.group.live], [1, 1]);
  t.strictSame([...state.nodes[0]!.allocations], [allocation]);
  t.equal(state.placements, 1);
  t.equal(
    allocation?.demand,
    allocation?.group.specification?.shape.demand,
    'the allocation shares the demand of its group',
  );
});

void t.test(
  'a slot is final once its allocation has completed or was released without another attempt',
  async (t) => {
    for (const outcome of ['complete', 'failed', 'lost'] as const) {
      const { world, id, state } = placed();
      release(world, id, outcome);
      t.match(slotOf(world), { outcome, allocation: undefined, retryAt: undefined }, outcome);
      t.strictSame(
        [state.allocations.size, state.nodes[0]?.allocations.size, state.jobs.get('j')?.live],
        [0, 0, 0],
      );
      t.strictSame(state.jobs.get('j')?.pending, [], 'no placement is pending');
      t.strictSame([state.agenda.freed.has(0), state.agenda.jobs.has(state.jobs.get('j')!)], [true, true]);
    }
  },
);

void t.test('a slot whose allocation was stopped is filled again at once', async (t) => {
  const { world, id } = placed();
  release(world, id, 'stopped');
  t.match(slotOf(world), { outcome: undefined, allocation: undefined, retryAt: undefined });
  t.same(world.state.jobs.get('j')?.pending, [{ kind: 'allocation-ended', ref: id }]);
});

void t.test('a slot waits until its retry time, or is filled at once if the delay is 0', async (t) => {
  const later = placed();
  release(later.world, later.id, 'failed', 1000);
  t.match(slotOf(later.world), {
    retryAt: later.world.now + 1000,
    retryOf: later.id,
    failures: 1,
    outcome: undefined,
  });
  t.equal(later.state.agenda.retries.earliest, later.world.now + 1000);
  t.strictSame(later.state.jobs.get('j')?.pending, []);
  for (const outcome of ['failed', 'lost'] as const) {
    const now = placed();
    release(now.world, now.id, outcome, 0);
    t.match(slotOf(now.world), { retryAt: undefined, outcome: undefined });
    t.same(now.state.jobs.get('j')?.pending, [
      { kind: outcome === 'lost' ? 'allocation-lost' : 'allocation-ended', ref: now.id },
    ]);
  }
});

void t.test(
  'failures accumulate, and interruptions accumulate until an allocation has run for long enough',
  async (t) => {
    const { world } = placed();
    const again = (outcome: 'failed' | 'lost', afterMs: number): void => {
      world.after(afterMs);
      release(world, world.live('j')[0]!, outcome, 0);
      world.settle();
    };
    for (const [outcome, afterMs, failures, interruptions] of [
      ['failed', 0, 1, 0],
      ['lost', 0, 1, 1],
      ['lost', STABLE_RUN_MS - 1, 1, 2],
      ['lost', STABLE_RUN_MS, 1, 1],
      ['failed', 0, 2, 1],
    ] as const) {
      again(outcome, afterMs);
      t.match(slotOf(world), { failures, interruptions }, `${outcome} after ${afterMs} ms`);
    }
    t.equal(slotOf(world)?.attempts, 6);
  },
);

void t.test('the loss of an allocation that was asked to stop is not an interruption', async (t) => {
  const { world, id } = placed();
  const { jobId, group: name, slot, nodeId } = world.placed(id);
  const stop = (reason: 'drain' | 'capacity-shrunk'): MusterEvent => ({
    type: 'AllocationStopRequested',
    data: { allocationId: id, jobId, group: name, slot, nodeId, reason },
  });
  world.give(stop('drain'));
  world.give(stop('capacity-shrunk'));
  t.equal(world.state.allocations.get(id)?.stopping, 'drain', 'the first reason is kept');
  release(world, id, 'lost', 0);
  t.equal(slotOf(world)?.interruptions, 0);
});

void t.test('a second release of an allocation changes nothing', async (t) => {
  const { world, id, state } = placed();
  release(world, id, 'stopped');
  const before = [state.ledger.used.map((used) => [...used]), state.jobs.get('j')?.live];
  release(world, id, 'failed');
  t.strictSame([state.ledger.used.map((used) => [...used]), state.jobs.get('j')?.live], before);
  t.equal(slotOf(world)?.outcome, undefined);
});

void t.test('a slot of a stopped job, or one beyond the count, is not filled again', async (t) => {
  const stopped = placed();
  stopped.world.end('j');
  const pending = stopped.state.jobs.get('j')!.pending.length;
  release(stopped.world, stopped.id, 'stopped');
  t.equal(stopped.state.jobs.get('j')?.pending.length, pending);
  t.match(slotOf(stopped.world), { outcome: undefined, failures: 0 });
  const scaled = placed();
  scaled.world.submit('j', job(group('main', { count: 0 })), 'JobUpdated');
  const asked = scaled.state.jobs.get('j')!.pending.length;
  release(scaled.world, scaled.id, 'stopped');
  t.strictSame(
    [scaled.state.jobs.get('j')?.pending.length, scaled.state.jobs.get('j')?.groups[0]?.slots],
    [asked, []],
  );
});

void t.test('a group that was removed from its job is dropped with its last allocation', async (t) => {
  const { world, id, state } = placed(job(group('old'), group('kept')));
  const [, kept = ''] = world.live('j');
  world.submit('j', job(group('kept')), 'JobUpdated');
  const names = () => state.jobs.get('j')?.groups.map(({ name }) => name);
  t.strictSame(names(), ['kept', 'old']);
  release(world, id, 'stopped');
  t.strictSame(names(), ['kept']);
  t.ok(state.allocations.has(kept));
});

void t.test('an allocation placed for an unknown job adds the job as stopped and deleted', async (t) => {
  const world = new World().node('n');
  const { id } = placed();
  const { evaluationId } = placed().world.placed(id);
  const data = {
    allocationId: id,
    jobId: 'gone',
    jobVersion: 4,
    group: 'main',
    slot: 2,
    attempt: 0,
    nodeId: 'n',
    epoch: 1,
    evaluationId,
    resources: { cpu: 1 },
  };
  world.give({ type: 'AllocationPlaced', data });
  const unknown = world.state.jobs.get('gone');
  t.match(unknown, {
    version: 4,
    stopped: true,
    deleted: true,
    live: 1,
    groups: [{ name: 'main', count: 0, since: 5, specification: undefined, live: 1 }],
  });
  t.ok(world.state.agenda.jobs.has(unknown!));
});

void t.test('a completed evaluation removes only the commands that it lists', async (t) => {
  const world = new World();
  const first = world.submit('j', job());
  const second = world.submit('j', job(group('other')), 'JobUpdated');
  const answer = (...refs: string[]): void => {
    const triggers = refs.map((ref) => ({
      kind: ref === first ? ('job-submitted' as const) : ('job-updated' as const),
      ref,
    }));
    world.give({
      type: 'EvaluationCompleted',
      data: { evaluationId: 'e', jobId: 'j', jobVersion: 0, triggers },
    } as MusterEvent);
  };
  const pending = () => world.state.jobs.get('j')?.pending.map(({ ref }) => ref);
  answer();
  t.strictSame(pending(), [first, second]);
  answer(first);
  t.strictSame(pending(), [second]);
  answer(second, first);
  t.strictSame(pending(), []);
});

void t.test(
  'a job finishes only if the event is of its current version and nothing is held or pending',
  async (t) => {
    const finish = (world: World, jobVersion: number) =>
      world.give({ type: 'JobFinished', data: { jobId: 'j', jobVersion, outcome: 'complete' } });
    const { world, id, state } = placed();
    finish(world, 0);
    t.ok(state.jobs.has('j'), 'the job still has an allocation');
    release(world, id, 'complete');
    finish(world, 1);
    t.ok(state.jobs.has('j'), 'the event is of another version');
    world.end('j');
    finish(world, 0);
    t.ok(state.jobs.has('j'), 'the stop of the job is still pending');
    const done = placed();
    release(done.world, done.id, 'complete');
    finish(done.world, 0);
    t.notOk(done.state.jobs.has('j'));
    t.notOk([...done.state.agenda.jobs.all()].some((each) => each.id === 'j'));
  },
);
