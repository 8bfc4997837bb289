import t from 'tap';
import { Placement } from '#domain/scheduling/dispatch/placement.js';
import type { JobOwner } from '#domain/jobs/job/events.js';
import type { Task } from '#domain/jobs/job/specification.js';
import { orderOf } from '#src/fleet/nodes/desired.js';
import { allocationOrder, tasksOfOrder } from '#domain/protocol/index.js';
import type { JobVersions } from '#src/fleet/nodes/job-versions.js';

const digest = (repository: string): string => `${repository}@sha256:${'a'.repeat(64)}`;
const ID = `sha256:${'b'.repeat(64)}`;
const placement = new Placement('a1', 'job', 0, 'web', 0, undefined, undefined, 1_763_600_000_000, 0);

/** Returns the task and images that an agent gets if the owner chose the image. */
async function told(
  chosen: Pick<Task, 'image_digest' | 'pull_image'>,
  protocol: 'muster' | 'basic' = 'muster',
) {
  const order = await ordered(
    { name: 'main', driver: 'docker', config: { image: 'registry.example/app:1' }, ...chosen },
    protocol,
  );
  return { task: order?.task_group.tasks[0], images: order?.images };
}

async function ordered(task: Task, protocol: 'muster' | 'basic' = 'muster', owner?: JobOwner) {
  const jobs: Pick<JobVersions, 'group' | 'imageRights' | 'owner'> = {
    group: async () => ({ name: 'web', tasks: [task] }),
    imageRights: async () => ({}),
    owner: async () => owner,
  };
  return await orderOf(placement, jobs as JobVersions, { nodeId: 'n', protocol });
}

void t.test('replaces an image by its digest in orders for our agents and third-party agents', async (t) => {
  const expected = {
    task: { name: 'main', config: { image: digest('registry.example/app') } },
    images: undefined,
  };
  t.same(await told({ image_digest: digest('registry.example/app') }), expected);
  t.same(await told({ image_digest: digest('registry.example/app') }, 'basic'), expected);
});

void t.test('ignores a digest of another repository', async (t) => {
  t.same(await told({ image_digest: digest('evil.example/app') }), {
    task: { name: 'main', config: { image: 'registry.example/app:1' } },
    images: undefined,
  });
});

void t.test('sends image ids and pull policies only to our agents', async (t) => {
  const task = { name: 'main', config: { image: 'registry.example/app:1' } };
  t.same(await told({ image_digest: ID }), { task, images: { main: { image_digest: ID } } });
  t.same(await told({ pull_image: true }), { task, images: { main: { pull_image: true } } });
  t.same(await told({ image_digest: ID }, 'basic'), { task, images: undefined });
});

void t.test('requests output only from our agents, in addition to the standard task', async (t) => {
  const asked: Task = { name: 'main', driver: 'docker', config: { image: 'app:1', give_output: true } };
  const tasks = [{ name: 'main', config: { image: 'app:1' } }];
  const order = await ordered(asked);
  t.match(order, { task_group: { tasks }, give_output: ['main'] });
  t.same(allocationOrder.parse(order), order);
  t.same(order && tasksOfOrder(order), [asked]);
  const others = await ordered(asked, 'basic');
  t.match(others, { task_group: { tasks }, give_output: undefined });
  const process: Task = {
    name: 'main',
    driver: 'exec',
    config: { command: 'true', tenant: 'Tenant', give_output: true },
  };
  t.match(
    await ordered(process),
    { task_group: { tasks: [process] }, give_output: undefined },
    'a process task requests its output itself, so the order does not repeat it',
  );
});

void t.test('puts containers of a tenant on the network of that tenant, if the agent is ours', async (t) => {
  const task: Task = { name: 'main', driver: 'docker', config: { image: 'registry.example/app:1' } };
  const of = (tenant: string | null): JobOwner =>
    ({ kind: 'service', id: 's', tenant }) as unknown as JobOwner;
  const [one, two] = await Promise.all(
    ['one', 'two'].map(async (tenant) => (await ordered(task, 'muster', of(tenant)))?.network_owner),
  );
  t.type(one, 'string');
  t.not(one, two);
  t.equal((await ordered(task, 'basic', of('one')))?.network_owner, undefined);
  t.equal(
    (await ordered(task))?.network_owner,
    undefined,
    'a container of an operator is on the default network',
  );
  t.equal((await ordered(task, 'muster', of(null)))?.network_owner, undefined);
  t.equal(
    (await ordered({ ...task, driver: 'exec', config: { command: 'true' } }, 'muster', of('one')))
      ?.network_owner,
    undefined,
  );
});
