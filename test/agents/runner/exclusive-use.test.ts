import t from 'tap';
import type { AllocationOrder } from '#domain/protocol/index.js';
import { inTheWay, usesOf } from '#agents/runner/exclusive-use.js';

type Task = AllocationOrder['task_group']['tasks'][number];

const order = (task: Partial<Task>, more: Partial<AllocationOrder> = {}): AllocationOrder => ({
  allocation_id: 'a',
  job_id: 'j',
  task_group: {
    name: 'main',
    tasks: [{ name: 'main', driver: 'exec', config: { command: 'true' }, ...task } as Task],
  },
  ...more,
});
const container = (...volumes: { name: string; path: string; read_only?: boolean }[]): AllocationOrder =>
  order({ driver: 'docker', config: { image: 'x' }, volumes } as Partial<Task>);
const meets = (later: AllocationOrder, earlier: AllocationOrder, stopping = true): string | undefined =>
  inTheWay(usesOf(later), { order: earlier, stopping });

void t.test('allows one writer of a volume, or any number of readers', async (t) => {
  const writes = container({ name: 'v', path: '/v' });
  const reads = container({ name: 'v', path: '/v', read_only: true });
  t.equal(meets(writes, writes), 'volume v');
  t.equal(meets(reads, writes, false), 'volume v');
  t.equal(meets(writes, reads, false), 'volume v');
  t.equal(meets(reads, reads), undefined);
  t.equal(meets(writes, container({ name: 'w', path: '/v' })), undefined);
});

void t.test('allows one user of a GPU or host port', async (t) => {
  t.equal(
    meets(order({}, { gpu_devices: { main: [1, 2] } }), order({}, { gpu_devices: { other: [2] } }), false),
    'GPU 2',
  );
  t.equal(
    meets(order({}, { gpu_devices: { main: [1] } }), order({}, { gpu_devices: { other: [2] } })),
    undefined,
  );
  const named = order({ ports: [{ host: 8080 }] } as Partial<Task>);
  t.equal(meets(named, named, false), 'port 8080');
  t.equal(meets(order({}, { ports: { main: [{ container: 80, host: 8080 }] } }), named, false), 'port 8080');
});

void t.test(
  'allows tasks to share a working folder, except while an earlier one is being stopped',
  async (t) => {
    const exec = order({ config: { command: 'true', work_dir: '/srv/import' } } as Partial<Task>);
    const script = order({
      driver: 'python',
      config: { command: 'x.py', working_directory: '/srv/import' },
    } as Partial<Task>);
    for (const other of [exec, script]) {
      t.equal(meets(exec, other, false), undefined);
      t.equal(meets(exec, other, true), 'folder /srv/import');
    }
    const ofTenant = (tenant: string): AllocationOrder =>
      order({ config: { command: 'true', work_dir: '/srv/import', tenant } } as Partial<Task>);
    t.equal(meets(ofTenant('one'), ofTenant('one')), 'folder /srv/import of one');
    t.equal(meets(ofTenant('one'), ofTenant('two')), undefined, 'a tenant does not wait for another');
    t.equal(meets(exec, ofTenant('one')), undefined, 'an operator does not wait for a tenant');
    const inside = order({
      driver: 'docker',
      config: { image: 'x', work_dir: '/srv/import' },
    } as Partial<Task>);
    t.equal(meets(inside, inside), undefined, 'a working folder inside a container is not shared');
  },
);

void t.test('does not block if no resource is shared, or if the other allocation has no order', async (t) => {
  t.equal(meets(order({}), order({})), undefined);
  t.equal(
    inTheWay(usesOf(container({ name: 'v', path: '/v' })), { order: undefined, stopping: true }),
    undefined,
  );
});
