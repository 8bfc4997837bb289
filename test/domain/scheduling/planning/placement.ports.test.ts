import t from 'tap';
import type { JobSpecification } from '#domain/jobs/job/specification.js';
import { ASSIGNS_PORTS, MOUNTS_VOLUMES } from '#domain/kernel/resources.js';
import { takenPortIn } from '#domain/protocol/index.js';
import { dryRun, plan } from '#domain/scheduling/index.js';
import { recordsOf, restore } from '#domain/scheduling/state/snapshot.js';
import { only, World } from '../world.js';

const attributes = { [ASSIGNS_PORTS]: true };
const restart = { attempts: 3, delay: 1, mode: 'delay' } as const;
const web = (count = 1, image = 'x', container = 80): JobSpecification => ({
  task_groups: [
    {
      name: 'web',
      count,
      restart,
      tasks: [{ name: 'main', driver: 'docker', config: { image }, ports: [{ container, dynamic: true }] }],
    },
  ],
});
const placedIn = (world: World) => only(world.settle(), 'AllocationPlaced');

void t.test('a dynamic port is taken from the range and held like any other port', async (t) => {
  const world = new World().node('a', { attributes });
  world.settle();
  world.submit('j', web(2));
  const placed = placedIn(world);
  t.equal(placed.length, 2);
  for (const { ports, assignedPorts } of placed) {
    t.strictSame(assignedPorts, { main: [{ container: 80, host: ports?.[0] }] });
    t.ok(ports?.length === 1 && ports[0]! >= 20_000 && ports[0]! <= 32_000);
  }
  t.not(placed[0]?.ports?.[0], placed[1]?.ports?.[0]);
  t.strictSame(world.check.findings, []);
});

void t.test(
  'a slot keeps its port on its node after an update, a restart and a failure that follows a long run',
  async (t) => {
    const world = new World().node('a', { attributes });
    world.settle();
    world.submit('j', web());
    const first = placedIn(world)[0]?.ports;
    world.submit('j', web(1, 'y'), 'JobUpdated');
    world.settle();
    world.report(world.live('j')[0]!, 'AllocationStopped');
    t.strictSame(placedIn(world)[0]?.ports, first, 'the port is kept after an update');
    world.submit('other', web());
    world.settle();
    world.submit('j', web(1, 'y'), 'JobRestarted');
    world.settle();
    world.report(world.live('j')[0]!, 'AllocationStopped');
    t.strictSame(placedIn(world)[0]?.ports, first, 'the port is kept after a restart');
    world.after(3_600_000).report(world.live('j')[0]!, 'AllocationFailed');
    world.settle();
    t.strictSame(
      placedIn(world.after(3_600_000))[0]?.ports,
      first,
      'the port is kept after a failure an hour later',
    );
  },
);

void t.test(
  'a slot that fails soon after its start gets another port each time, even if it prefers one',
  async (t) => {
    const world = new World().node('a', { attributes });
    world.settle();
    world.submit('j', {
      task_groups: [
        {
          name: 'web',
          restart,
          tasks: [
            {
              name: 'main',
              driver: 'docker',
              config: { image: 'x' },
              ports: [{ container: 80, dynamic: true, prefer: 25_000 }],
            },
          ],
        },
      ],
    });
    const ports = placedIn(world).flatMap((each) => each.ports);
    for (let time = 0; time < 3; time += 1) {
      world.report(world.live('j')[0]!, 'AllocationFailed');
      world.settle();
      ports.push(...placedIn(world.after(600_000)).flatMap((each) => each.ports));
    }
    t.equal(ports[0], 25_000);
    t.equal(new Set(ports).size, 4, ports.join());
    t.strictSame(world.check.findings, []);
  },
);

void t.test('a preferred port is assigned if it is free', async (t) => {
  const world = new World().node('a', { attributes });
  world.settle();
  const preferring: JobSpecification = {
    task_groups: [
      {
        name: 'web',
        tasks: [
          {
            name: 'main',
            driver: 'docker',
            config: { image: 'x' },
            ports: [{ container: 80, dynamic: true, prefer: 25_000 }],
          },
        ],
      },
    ],
  };
  world.submit('one', preferring);
  t.strictSame(placedIn(world)[0]?.ports, [25_000]);
  world.submit('two', preferring);
  t.not(placedIn(world)[0]?.ports?.[0], 25_000);
});

void t.test('a node without free ports is full, and the reasons list the missing ports', async (t) => {
  const world = new World().node('a', { attributes });
  world.settle();
  world.submit('j', web(3));
  const { events } = plan(world.state, { now: world.now, portRange: { first: 30_000, last: 30_001 } });
  t.strictSame(
    events.flatMap((each) => (each.type === 'AllocationPlaced' ? each.data.ports : [])).sort(),
    [30_000, 30_001],
  );
  t.match(
    events.find((each) => each.type === 'EvaluationBlocked'),
    { data: { reasons: { web: { unplaced: 1, exhausted: { ports: 1 }, short: { ports: 1 } } } } },
  );
});

void t.test('a static port within the dynamic range is not assigned as a dynamic port', async (t) => {
  const world = new World().node('a', { attributes });
  world.settle();
  world.submit('j', {
    task_groups: [
      {
        name: 'web',
        tasks: [
          {
            name: 'main',
            driver: 'docker',
            config: { image: 'x' },
            ports: [{ host: 30_000 }, { container: 80, dynamic: true }],
          },
        ],
      },
    ],
  });
  const { events } = plan(world.state, { now: world.now, portRange: { first: 30_000, last: 30_001 } });
  t.match(events[0], {
    data: { ports: [30_000, 30_001], assignedPorts: { main: [{ container: 80, host: 30_001 }] } },
  });
  t.match(plan(world.state, { now: world.now, portRange: { first: 30_000, last: 30_000 } }).events[0], {
    type: 'EvaluationBlocked',
  });
});

void t.test(
  'groups that need dynamic ports are not placed on a node whose agent cannot publish them',
  async (t) => {
    const world = new World().node('a');
    world.settle();
    world.submit('j', web());
    t.match(only(world.settle(), 'EvaluationBlocked'), [
      { reasons: { web: { filtered: { [`attribute ${ASSIGNS_PORTS}`]: 1 } } } },
    ]);
  },
);

void t.test(
  'an attribute that an agent sends as text counts as true only if it is exactly "true"',
  async (t) => {
    for (const value of ['false', 'yes', 'TRUE', '', 1, false] as const) {
      const world = new World().node('a', { attributes: { [ASSIGNS_PORTS]: value } });
      world.settle();
      world.submit('j', web());
      t.match(
        only(world.settle(), 'EvaluationBlocked'),
        [{ reasons: { web: { filtered: { [`attribute ${ASSIGNS_PORTS}`]: 1 } } } }],
        JSON.stringify(value),
      );
    }
    const world = new World().node('a', {
      attributes: { [ASSIGNS_PORTS]: 'true', [MOUNTS_VOLUMES]: 'true' },
    });
    world.settle();
    world.submit('j', web());
    t.equal(placedIn(world).length, 1);
  },
);

/** A world whose only node has three dynamic ports, with a job that has no restarts. */
function narrow(): World {
  const world = new World().node('a', { attributes });
  world.portRange = { first: 20_000, last: 20_002 };
  world.settle();
  world.submit('j', {
    task_groups: [{ ...web().task_groups[0]!, restart: { attempts: 0, delay: 1, mode: 'fail' } }],
  });
  return world;
}

const taken = (port: number | undefined): string => `task main: port ${port}: address already in use`;

/** Reports that the live allocation was not started, because its port is taken. */
function refused(world: World): number | undefined {
  const id = world.live('j')[0]!;
  const { ports, jobId, group, slot, nodeId } = world.placed(id);
  world.give({
    type: 'AllocationFailed',
    data: {
      allocationId: id,
      jobId,
      group,
      slot,
      nodeId,
      startTime: null,
      endTime: null,
      message: taken(ports?.[0]),
    },
  });
  return ports?.[0];
}

void t.test(
  'a dynamic port that is taken on the node is left out, and another is tried at once',
  async (t) => {
    const world = narrow();
    world.settle();
    const first = refused(world);
    const events = world.settle();
    t.match(only(events, 'AllocationReleased'), [
      { outcome: 'failed', takenPort: first, retryAt: world.now },
    ]);
    const second = only(events, 'AllocationPlaced')[0]?.ports?.[0];
    refused(world);
    const third = only(world.settle(), 'AllocationPlaced')[0]?.ports?.[0];
    t.equal(new Set([first, second, third]).size, 3, `${first} ${second} ${third}`);
    world.submit('other', web());
    t.not(
      placedIn(world)[0]?.ports?.[0],
      undefined,
      'a port that was taken is tried again if no other is free',
    );
    const restored = restore(recordsOf(world.state));
    t.strictSame([...recordsOf(restored)], [...recordsOf(world.state)], 'a snapshot knows the ports');
    t.strictSame(world.check.findings, []);
  },
);

void t.test('other ports are tried a limited number of times', async (t) => {
  const world = narrow();
  world.settle();
  let placed = 0;
  while (world.live('j').length > 0 && placed < 100) {
    refused(world);
    world.settle();
    placed += 1;
  }
  t.equal(placed, 11);
});

void t.test(
  'what fails after its start, or with a port of its own, is no reason to leave a port out',
  async (t) => {
    const world = narrow();
    world.settle();
    const id = world.live('j')[0]!;
    const { ports, jobId, group, slot, nodeId } = world.placed(id);
    const ended = { allocationId: id, jobId, group, slot, nodeId, endTime: 2 };
    world.give({ type: 'AllocationFailed', data: { ...ended, startTime: 1, message: taken(ports?.[0]) } });
    t.strictSame(only(world.settle(), 'AllocationPlaced'), [], 'a program may print what it likes');
    t.equal(takenPortIn('task main: port 80: address already in use and more'), undefined);
    t.equal(takenPortIn('task main: port 80: address already in use by a process of a tenant'), 80);
  },
);

void t.test('a node on which many dynamic ports are taken is used only if no other fits', async (t) => {
  const world = new World().node('a', { attributes }).node('b', { attributes });
  world.settle();
  world.submit('j', web());
  const placedOn = (): string | undefined => {
    world.settle();
    const [id] = world.live('j');
    return id === undefined ? undefined : world.placed(id).nodeId;
  };
  const eligible = (nodeId: string, value: boolean): void =>
    void world.give({ type: 'NodeEligibilitySet', data: { nodeId, eligible: value } });
  eligible('b', false);
  for (let turn = 0; turn < 3; turn += 1) {
    t.equal(placedOn(), 'a');
    if (turn === 2) eligible('b', true);
    refused(world);
  }
  t.equal(placedOn(), 'b');
  for (let count = 0; count < 5; count += 1) {
    world.submit(`other-${count}`, web());
    t.equal(placedIn(world)[0]?.nodeId, 'b');
  }
  const verdicts = (): unknown =>
    dryRun(
      world.state,
      { jobId: 'asked', specification: web(), evaluationId: 'asked', most: 10 },
      { now: world.now },
    ).groups[0]?.nodes.map(({ nodeId, verdict, short }) => [nodeId, verdict, short]);
  t.strictSame(
    verdicts(),
    [
      ['b', 'fits', undefined],
      ['a', 'exhausted', { ports: 1 }],
    ],
    'explanations say so',
  );
  eligible('b', false);
  t.match(verdicts(), [['a', 'fits', undefined]]);
  world.submit('last', web());
  t.equal(placedIn(world)[0]?.nodeId, 'a', 'no other node fits');
  eligible('b', true);
  const later = world.after(3_600_000);
  const nodes = [1, 2, 3, 4, 5, 6].map((count) => {
    later.submit(`later-${count}`, web());
    return placedIn(later)[0]?.nodeId;
  });
  t.ok(nodes.includes('a'), 'an hour later it is used like any other');
  t.strictSame(world.check.findings, []);
});
