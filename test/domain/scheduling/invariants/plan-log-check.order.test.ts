import t from 'tap';
import type { EventsOf, RecordedOf } from '#domain/kernel/event/index.js';
import { PLAN_LOG_EVENTS, PlanLogCheck } from '#domain/scheduling/index.js';
import type { Finding } from '#domain/kernel/finding.js';
import { allocationIdOf } from '#domain/scheduling/allocation-id.js';

type CheckedEvent = EventsOf<typeof PLAN_LOG_EVENTS>;

interface Where {
  readonly job?: string;
  readonly version?: number;
  readonly slot?: number;
  readonly attempt?: number;
  readonly node?: string;
  readonly epoch?: number;
}

const idOf = ({ job = 'a', version = 0, slot = 0, attempt = 0 }: Where): string =>
  allocationIdOf(job, version, 'main', slot, attempt);

const node = (nodeId = 'n', epoch = 1, schedulable = true, cpu = 10): CheckedEvent => ({
  type: 'NodeCapacitySet',
  data: { nodeId, epoch, resources: { cpu }, schedulable },
});

function placed(where: Where = {}, allocationId = idOf(where)): CheckedEvent {
  const { job = 'a', version = 0, slot = 0, attempt = 0, node: nodeId = 'n', epoch = 1 } = where;
  return {
    type: 'AllocationPlaced',
    data: {
      allocationId,
      jobId: job,
      jobVersion: version,
      group: 'main',
      slot,
      attempt,
      nodeId,
      epoch,
      resources: { cpu: 1 },
      evaluationId: 'e',
    },
  };
}

const slotOf = (where: Where) => ({
  allocationId: idOf(where),
  jobId: where.job ?? 'a',
  group: 'main',
  slot: where.slot ?? 0,
  nodeId: where.node ?? 'n',
});

const stopped = (where: Where = {}): CheckedEvent => ({
  type: 'AllocationStopRequested',
  data: { ...slotOf(where), reason: 'drain' },
});

const released = (where: Where = {}): CheckedEvent => ({
  type: 'AllocationReleased',
  data: { ...slotOf(where), outcome: 'complete' },
});

const finished = (jobId = 'a'): CheckedEvent => ({
  type: 'JobFinished',
  data: { jobId, jobVersion: 0, outcome: 'complete' },
});
const cleared: CheckedEvent = { type: 'ClusterCleared', data: {} };

function findings(...events: CheckedEvent[]): readonly Finding[] {
  const check = new PlanLogCheck();
  for (const [revision, event] of events.entries())
    check.fold({ ...event, stream: 'scheduler', revision } as RecordedOf<typeof PLAN_LOG_EVENTS>);
  return check.findings;
}

/** Returns each finding as its check, the revision of its event and its detail. */
function found(...events: CheckedEvent[]): string[] {
  return findings(...events).map(
    ({ check, subject, detail }) => `${check} ${/revision \d+/.exec(subject)?.[0] ?? ''}: ${detail}`,
  );
}

void t.test(
  'no finding is reported for a slot that is placed, asked to stop, released and placed again',
  async (t) => {
    t.strictSame(
      found(
        node(),
        placed(),
        stopped(),
        released(),
        placed({ attempt: 1 }),
        released({ attempt: 1 }),
        finished(),
      ),
      [],
    );
    t.strictSame(
      found(node(), placed(), placed({ slot: 1 }), placed({ job: 'b' })),
      [],
      'each job has its own slots, and each slot its own allocation',
    );
  },
);

void t.test('a finding reports the event that caused it', async (t) => {
  t.strictSame(findings(node(), stopped()), [
    {
      check: 'plan-log.allocation',
      subject: 'AllocationStopRequested at revision 1 of scheduler',
      detail: `${idOf({})} is asked to stop but not held`,
    },
  ]);
});

void t.test('an allocation id that does not match its slot and attempt is reported', async (t) => {
  for (const other of [{ job: 'b' }, { version: 1 }, { slot: 1 }, { attempt: 1 }]) {
    t.strictSame(found(node(), placed({}, idOf(other))), [
      `plan-log.allocation revision 1: ${idOf(other)} is not the id of its slot and attempt`,
    ]);
  }
});

void t.test(
  'an allocation that is placed twice is reported, and so is a slot that is filled twice',
  async (t) => {
    t.strictSame(found(node(), placed(), placed()), [
      `plan-log.allocation revision 2: ${idOf({})} was placed before`,
      `plan-log.slot revision 2: slot main/0 of a still holds ${idOf({})}`,
      'plan-log.allocation revision 2: attempt 0 of version 0 follows attempt 0 of version 0',
    ]);
    t.strictSame(found(node(), placed(), placed({ attempt: 1 })), [
      `plan-log.slot revision 2: slot main/0 of a still holds ${idOf({})}`,
    ]);
  },
);

void t.test(
  'attempts that do not increase within a version, and versions that decrease, are reported',
  async (t) => {
    const follows = (first: Where, second: Where) =>
      found(node(), placed(first), released(first), placed(second));
    t.strictSame(follows({ version: 1, attempt: 1 }, { version: 1, attempt: 2 }), []);
    t.strictSame(
      follows({ version: 1, attempt: 1 }, { version: 2, attempt: 0 }),
      [],
      'a new version may begin with attempt 0',
    );
    t.strictSame(follows({ version: 1, attempt: 1 }, { version: 2, attempt: 1 }), []);
    const finding = (attempt: number, version: number) => [
      `plan-log.allocation revision 3: attempt ${attempt} of version ${version} follows attempt 1 of version 1`,
    ];
    t.strictSame(follows({ version: 1, attempt: 1 }, { version: 1, attempt: 1 }), finding(1, 1));
    t.strictSame(follows({ version: 1, attempt: 1 }, { version: 1, attempt: 0 }), finding(0, 1));
    t.strictSame(
      follows({ version: 1, attempt: 1 }, { version: 0, attempt: 2 }),
      finding(2, 0),
      'a higher attempt of an older version is reported',
    );
  },
);

void t.test(
  'a repeated stop request, and a stop or release of an allocation that is not held, are reported',
  async (t) => {
    t.strictSame(found(node(), placed(), stopped(), stopped()), [
      `plan-log.allocation revision 3: ${idOf({})} was asked to stop before`,
    ]);
    t.strictSame(found(node(), placed(), released(), stopped()), [
      `plan-log.allocation revision 3: ${idOf({})} is asked to stop but not held`,
    ]);
    t.strictSame(found(node(), released()), [
      `plan-log.allocation revision 1: ${idOf({})} is released but not held`,
    ]);
    t.strictSame(found(node(), placed(), released(), released()), [
      `plan-log.allocation revision 3: ${idOf({})} is released but not held`,
    ]);
  },
);

void t.test(
  'a late release of the previous attempt does not free the slot of the next attempt',
  async (t) => {
    const [first, second] = [{}, { attempt: 1 }];
    t.strictSame(
      found(node(), placed(first), placed(second), released(first), placed({ attempt: 2 })).slice(1),
      [`plan-log.slot revision 4: slot main/0 of a still holds ${idOf(second)}`],
    );
  },
);

void t.test('a finished job holds no slot, and a new job with its id starts from scratch', async (t) => {
  t.strictSame(
    found(node(), placed(), released(), finished(), placed()),
    [],
    'attempt 0 of version 0 is placed again',
  );
  t.strictSame(found(node(), finished()), [], 'a job that never held a slot can finish');
  t.strictSame(
    found(node(), placed({ job: 'b' }), finished('a')),
    [],
    'a slot of another job does not matter',
  );
  const still = `plan-log.slot revision 4: a is finished but holds ${idOf({ slot: 1 })}`;
  t.strictSame(found(node(), placed(), placed({ slot: 1 }), released(), finished()), [still]);
  t.equal(
    found(node(), placed(), placed({ slot: 1 }), released(), finished(), placed()).length,
    2,
    'the attempts of a job are retained while it still holds a slot',
  );
});

void t.test(
  'a node epoch that decreases, and a placement that is not in the current epoch, are reported',
  async (t) => {
    t.strictSame(found(node('n', 2), node('n', 2), node('n', 3)), []);
    t.strictSame(found(node('n', 2), node('n', 1)), [
      'plan-log.epoch revision 1: node n goes from epoch 2 back to 1',
    ]);
    t.strictSame(found(node('n', 2), node('m', 1)), [], 'each node has its own epoch');
    for (const epoch of [1, 3])
      t.strictSame(found(node('n', 2), placed({ epoch })), [
        `plan-log.epoch revision 1: placed in epoch ${epoch} of node n, which is in 2`,
      ]);
  },
);

void t.test('a placement on a node that is unschedulable or was never admitted is reported', async (t) => {
  t.strictSame(found(node('n', 1, false), placed()), [
    'plan-log.capacity revision 1: node n accepts no placements',
  ]);
  t.strictSame(found(node('n', 1, false), node('n', 1, true), placed()), []);
  const never = 'plan-log.capacity revision 1: node m was never admitted';
  t.ok(found(node(), placed({ node: 'm' })).includes(never));
});

void t.test(
  'an allocation asked to stop uses capacity when another is placed, but not when a capacity is set',
  async (t) => {
    const small = node('n', 1, true, 1);
    t.strictSame(found(small, placed(), stopped(), placed({ slot: 1 })), [
      'plan-log.capacity revision 3: node n lacks 1 of cpu',
    ]);
    t.strictSame(found(node(), placed(), placed({ slot: 1 }), stopped(), small), []);
    t.strictSame(
      found(node(), placed(), placed({ slot: 1 }), placed({ slot: 2 }), stopped(), small).length,
      1,
    );
    t.strictSame(
      found(node(), placed(), placed({ slot: 1 }), released(), small),
      [],
      'a released allocation does not count',
    );
  },
);

void t.test(
  'a clear drops everything, and a plan that was in progress is checked against the state before the clear',
  async (t) => {
    t.strictSame(found(node(), placed(), cleared, node(), placed()), [], 'the same ids may be used again');
    t.strictSame(found(node('n', 2), cleared, node('n', 1)), [], 'epochs start again');
    t.strictSame(
      found(node(), placed(), cleared, stopped(), released()),
      [],
      'a stop and a release that were in progress are accepted',
    );
    t.strictSame(found(node(), placed(), cleared, released(), released()), [
      `plan-log.allocation revision 4: ${idOf({})} is released but not held`,
    ]);
    t.strictSame(
      found(node(), placed(), cleared, placed({ slot: 1 })),
      [],
      'the node was admitted before the clear',
    );
    t.strictSame(found(node(), placed(), cleared, placed()).length, 3, 'the slot was held before the clear');
    t.strictSame(
      found(node(), placed(), cleared, node(), placed(), released(), released()),
      [],
      'the newer allocation is released first, then the one from before the clear',
    );
  },
);

void t.test('up to sixteen clears in a row are allowed while one plan is in progress', async (t) => {
  const clears = (count: number) => Array.from({ length: count }, () => cleared);
  t.strictSame(found(node(), placed(), ...clears(16), released()), []);
  t.strictSame(found(node(), placed(), ...clears(17), released()).length, 1);
});

void t.test('at most 1,000 findings are retained', async (t) => {
  t.equal(findings(...Array.from({ length: 999 }, () => released())).length, 999);
  t.equal(findings(...Array.from({ length: 1_100 }, () => released())).length, 1_000);
});
