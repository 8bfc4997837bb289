import t from 'tap';
import { RESERVED } from '#domain/scheduling/plan-log/reserved.js';
import type { ReschedulePolicy, RestartPolicy } from '#domain/jobs/job/restart.js';
import type { JobSpecification } from '#domain/jobs/job/specification.js';
import { canonicalJson } from '#domain/kernel/canonical.js';
import { recordsOf, restore, type SnapshotRecord } from '#domain/scheduling/index.js';
import { RESERVATION_DOUBLES_MS, reservationOf } from '#domain/scheduling/planning/reservation.js';
import { group, job, World } from '../world.js';

interface Asked {
  readonly gpus?: number;
  readonly cpu?: number;
  readonly memory?: number;
  readonly limit?: number;
  readonly restart?: RestartPolicy;
  readonly reschedule?: ReschedulePolicy;
  readonly priority?: number;
  readonly count?: number;
}

const asking = ({
  gpus = 0,
  cpu = 10,
  memory = 10,
  limit,
  restart,
  reschedule,
  priority,
  count,
}: Asked): JobSpecification => ({
  task_groups: [
    {
      name: 'main',
      ...(count === undefined ? {} : { count }),
      ...(restart === undefined ? {} : { restart }),
      ...(reschedule === undefined ? {} : { reschedule }),
      tasks: [
        {
          name: 'task',
          driver: 'exec',
          config: { command: 'true' },
          resources: { cpu, memory, ...(gpus === 0 ? {} : { gpus }) },
          ...(limit === undefined ? {} : { max_run_seconds: limit }),
        },
      ],
    },
  ],
  ...(priority === undefined ? {} : { priority }),
});
const resources = { cpu: 1000, memory: 1000, gpus: 2 };
const SERVICE: RestartPolicy = { attempts: 0, delay: 0, mode: 'delay' };

class Cluster extends World {
  #jobs = 0;

  /** Submits a job and plans. Returns its id. */
  ask(asked: Asked, name = `job-${(this.#jobs += 1)}`): string {
    this.submit(name, asking(asked));
    this.settle();
    return name;
  }

  runs(job: string): boolean {
    return this.live(job).length > 0;
  }

  complete(job: string): void {
    for (const id of this.live(job)) this.report(id, 'AllocationCompleted');
    this.settle();
  }

  reasonsOf(job: string) {
    return this.state.jobs.get(job)?.blocked?.reasons['main'];
  }
}

function cluster(...nodes: string[]): Cluster {
  const made = new Cluster();
  for (const node of nodes) made.node(node, { resources });
  made.settle();
  return made;
}

void t.test(
  'a large job is not starved by later small ones, whose reasons name the reservation',
  async (t) => {
    for (const dimension of ['gpus', 'cpu', 'memory'] as const) {
      const world = cluster('a');
      const half = { [dimension]: resources[dimension] / 2 };
      const first = world.ask(half);
      const large = world.ask({ [dimension]: resources[dimension] });
      const later = Array.from({ length: 11 }, () => world.after(1000).ask(half));
      t.notOk(
        later.some((id) => world.runs(id)),
        dimension,
      );
      t.match(world.reasonsOf(later[0]!), { exhausted: { [RESERVED]: 1 } });
      t.match(world.reasonsOf(large), { exhausted: { [dimension]: 1 } });
      world.complete(first);
      t.ok(world.runs(large));
      world.complete(large);
      t.equal(
        later.filter((id) => world.runs(id)).length,
        2,
        'the small jobs then run in the order of their submission',
      );
      t.ok(world.runs(later[0]!) && world.runs(later[1]!));
      t.strictSame(world.check.findings, []);
    }
  },
);

void t.test(
  'with reservations off, every job that fits is placed, and no reason mentions a reservation',
  async (t) => {
    const world = cluster('a');
    world.reserves = false;
    world.ask({ gpus: 1 });
    const large = world.ask({ gpus: 2 });
    t.ok(world.runs(world.ask({ gpus: 1 })));
    const last = world.ask({ gpus: 1 });
    t.notOk(world.runs(last) || world.runs(large));
    t.strictSame(world.reasonsOf(last)?.exhausted, { gpus: 1 });
    t.strictSame(world.check.findings, []);
  },
);

void t.test('a small job overtakes a large one if it does not delay it', async (t) => {
  const world = cluster('a', 'b');
  world.ask({ gpus: 1 }, 'on-one');
  world.ask({ gpus: 2 }, 'on-other');
  world.ask({ gpus: 2 }, 'large');
  t.ok(
    world.runs(world.ask({ cpu: 900 })),
    'the small job needs no scarce resource and leaves enough of the others',
  );
  t.notOk(world.runs(world.ask({ gpus: 1 })));
});

void t.test('small jobs are still placed on nodes that are not reserved', async (t) => {
  const world = cluster('a', 'b');
  world.ask({ gpus: 1, cpu: 600 }, 'on-one');
  world.ask({ gpus: 1, cpu: 600 }, 'on-other');
  world.ask({ gpus: 2 }, 'large');
  t.ok(world.runs(world.ask({ gpus: 1 })), 'the small job runs on the node that is not reserved');
  t.notOk(world.runs(world.ask({ gpus: 1 })));
});

void t.test('a job with a time limit overtakes if it ends before the large one can begin', async (t) => {
  const world = cluster('a');
  world.ask({ gpus: 1, limit: 600 }, 'first');
  world.after(100_000).ask({ gpus: 2 }, 'large');
  t.notOk(world.runs(world.ask({ gpus: 1, limit: 501 })));
  t.notOk(world.runs(world.ask({ gpus: 1 })));
  const short = world.ask({ gpus: 1, limit: 500 });
  t.ok(world.runs(short));
  world.complete('first');
  world.complete(short);
  t.ok(world.runs('large'));
});

void t.test(
  'a job of higher priority overtakes, and a large job of higher priority gets the reservation',
  async (t) => {
    const world = cluster('a');
    world.ask({ gpus: 1 }, 'first');
    world.ask({ gpus: 2 }, 'large');
    t.ok(world.runs(world.ask({ gpus: 1, priority: 90 })));
    world.after(1000).ask({ gpus: 2, priority: 90 }, 'urgent');
    t.equal(reservationOf(world.state, world.now)?.job.id, 'urgent');
  },
);

void t.test('a job that restarts gets its capacity back despite a reservation', async (t) => {
  const world = cluster('a');
  world.ask({ gpus: 1, restart: { attempts: 5, delay: 0, mode: 'fail' } }, 'comes-back');
  world.ask({ gpus: 1 }, 'stays');
  world.ask({ gpus: 2 }, 'large');
  world.report(world.live('comes-back')[0]!, 'AllocationFailed');
  world.settle();
  t.ok(world.runs('comes-back'));
});

void t.test(
  'nothing is reserved if the running jobs never end and so never free enough capacity',
  async (t) => {
    for (const endless of [{ restart: SERVICE }, { reschedule: {} }, { reschedule: {}, limit: 100 }]) {
      const world = cluster('a');
      world.ask({ gpus: 1, ...endless }, 'service');
      world.ask({ gpus: 2 }, 'large');
      t.equal(reservationOf(world.state, world.now), undefined);
      t.ok(world.runs(world.ask({ gpus: 1 })));
    }
  },
);

void t.test(
  'a job that can never be placed gets no reservation, and the next large job gets one',
  async (t) => {
    const world = cluster('a');
    world.ask({ gpus: 1 }, 'first');
    world.ask({ gpus: 3 }, 'too-large');
    t.equal(reservationOf(world.state, world.now), undefined);
    world.after(1000).ask({ gpus: 2 }, 'large');
    t.equal(reservationOf(world.state, world.now)?.job.id, 'large');
  },
);

void t.test(
  'the longer a job waits, the more nodes are reserved for it, up to a quarter of all nodes',
  async (t) => {
    const world = cluster(...Array.from({ length: 20 }, (_, index) => `n${index}`));
    for (let index = 0; index < 20; index += 1) world.ask({ gpus: 1, cpu: 600 });
    world.ask({ gpus: 2 }, 'large');
    const reserved = (): number => reservationOf(world.state, world.now)?.nodes.size ?? 0;
    t.equal(reserved(), 1);
    world.after(RESERVATION_DOUBLES_MS);
    t.equal(reserved(), 2);
    world.after(2 * RESERVATION_DOUBLES_MS);
    t.equal(reserved(), 5);
  },
);

void t.test('small jobs are placed as soon as the large one is stopped or requests less', async (t) => {
  for (const end of [
    (world: Cluster) => world.end('large'),
    (world: Cluster) => world.submit('large', asking({ gpus: 0, cpu: 5 }), 'JobUpdated'),
  ]) {
    const world = cluster('a');
    world.ask({ gpus: 1 }, 'first');
    world.ask({ gpus: 2 }, 'large');
    const small = world.ask({ gpus: 1 });
    t.notOk(world.runs(small));
    end(world);
    world.settle();
    t.ok(world.runs(small));
  }
});

void t.test(
  'the longest waiting job keeps its reservation after a restore, even if its reasons have changed',
  async (t) => {
    const world = cluster('a');
    world.ask({ gpus: 1 }, 'first');
    world.ask({ gpus: 2, cpu: 20 }, 'old');
    world.after(10_000).ask({ gpus: 2 }, 'young');
    world.node('b', { resources: { cpu: 1, memory: 1, gpus: 0 } });
    world.after(70_000).settle();
    world.after(70_000).settle();
    t.equal(reservationOf(world.state, world.now)?.job.id, 'old');
    const records = [...recordsOf(world.state)].map(
      (record) => JSON.parse(canonicalJson(record)) as SnapshotRecord,
    );
    t.equal(reservationOf(restore(records), world.now)?.job.id, 'old');
  },
);

void t.test('equal large jobs are placed in the order in which they were submitted', async (t) => {
  const world = cluster('a');
  world.ask({ gpus: 2 }, 'first');
  const waiting = Array.from({ length: 5 }, () => world.after(1000).ask({ gpus: 2 }));
  world.node('b', { resources: { cpu: 1, memory: 1, gpus: 0 } });
  world.after(70_000).settle();
  for (const id of ['first', ...waiting.slice(0, 4)]) {
    t.ok(world.runs(id), id);
    world.complete(id);
  }
});

void t.test(
  'despite a stream of small jobs, each large job is placed once earlier jobs have ended',
  async (t) => {
    const world = cluster('a', 'b', 'c', 'd');
    const running: string[] = [];
    const larges: string[] = [];
    let placed = 0;
    for (let second = 0; second < 400; second += 1) {
      world.after(1000);
      for (let index = 0; index < 2; index += 1) running.push(world.ask({ gpus: 1 }));
      if (second % 40 === 20) larges.push(world.ask({ gpus: 2 }));
      // The two oldest running jobs end each second.
      for (const id of running.filter((each) => world.runs(each)).slice(0, 2)) world.complete(id);
      for (const id of larges) {
        if (!world.runs(id)) continue;
        placed += 1;
        world.complete(id);
        larges.splice(larges.indexOf(id), 1);
      }
    }
    t.equal(placed, 10);
    t.strictSame(world.check.findings, []);
  },
);

void t.test('a group that was placed reserves nothing, though another group of its job still waits', (t) => {
  const world = new World();
  const onGpus = group('trainer', { count: 1 }, { cpu: 100, memory: 100, gpus: 2 });
  world.submit('a', job(group('loader'), onGpus));
  world.submit('b', job(group('main', { count: 5 })));
  world.settle();
  world.node('n1', { resources: { cpu: 1000, memory: 200, gpus: 0 } });
  world.settle();
  t.same([world.live('a').length, world.live('b').length], [1, 1]);
  t.end();
});
