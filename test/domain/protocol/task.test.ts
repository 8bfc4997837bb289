import fc from 'fast-check';
import t from 'tap';
import { driverProblem } from '#domain/drivers/index.js';
import { jobSpecification, MAX_CONFIG_CHARACTERS } from '#domain/jobs/job/specification.js';
import { contractTask, contractTaskOf, orderTaskOf, taskOf, taskOfOrder } from '#domain/protocol/index.js';

const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const port = fc.integer({ min: 1, max: 65_535 });
const text = fc.string({ minLength: 1, maxLength: 20 }).map((value) => value.replaceAll('\0', ' '));

const sent = fc
  .record({
    config: fc.record({
      image: maybe(fc.constantFrom('nginx:1.27', 'ghcr.io/a/b@sha256:0')),
      port: maybe(port),
      container_port: maybe(port),
      command: maybe(text),
    }),
    resources: maybe(fc.record({ cpu: fc.nat(1000) })),
    args: maybe(fc.array(text, { maxLength: 3 })),
    env: maybe(fc.constantFrom({}, { LANG: 'C' })),
    work_dir: maybe(fc.constant('/srv')),
    user: maybe(fc.constantFrom('0', 'nobody')),
    kill_timeout: maybe(fc.nat(10)),
    max_run_seconds: maybe(fc.integer({ min: 1, max: 10 })),
    tty: maybe(fc.boolean()),
    open_stdin: maybe(fc.boolean()),
    volumes: maybe(
      fc.constantFrom(
        [],
        [{ name: 'orders', path: '/data' }],
        [{ name: 'orders', path: '/data', read_only: true }],
      ),
    ),
    ports: maybe(
      fc.array(
        port.chain((container) =>
          fc.constantFrom({ container, dynamic: true }, { container, dynamic: true, prefer: 20_000 }),
        ),
        { minLength: 1, maxLength: 3 },
      ),
    ),
  })
  .map((task) => contractTask.safeParse(JSON.parse(JSON.stringify({ name: 'main', ...task }))))
  .filter(({ success }) => success)
  .map(({ data }) => data!);

void t.test('a task is returned and ordered in the form in which it was sent', async () => {
  fc.assert(
    fc.property(sent, (task) => {
      const ours = taskOf(task);
      t.strictSame(contractTaskOf(ours), task);
      t.strictSame(orderTaskOf(ours), task);
      t.strictSame(taskOfOrder(orderTaskOf(ours)), ours);
    }),
  );
});

void t.test('the driver accepts every task that the contract accepts', async (t) => {
  fc.assert(fc.property(sent, (task) => driverProblem(taskOf(task)) === undefined));
  t.equal(
    taskOf({ name: 'main', config: { image: 'x', command: 'y' } }).driver,
    'docker',
    'a task with an image uses the docker driver',
  );
  t.equal(taskOf({ name: 'main', config: { command: 'y' } }).driver, 'exec');
});

void t.test(
  'an order for a task outside the contract contains its driver, but no sealed values',
  async (t) => {
    const task = { name: 'main', driver: 'http', config: { url: 'http://x' }, resources: { slots: 1 } };
    t.strictSame(orderTaskOf({ ...task, sealed_env: 'sealed:1:cluster:x' }), task);
    t.strictSame(taskOfOrder(task), task);
    t.strictSame(contractTaskOf(task), { name: 'main', config: {}, resources: { slots: 1 } });
  },
);

void t.test('the config of a task is limited in size and depth, whatever its driver', async (t) => {
  const ok = (config: object): boolean =>
    jobSpecification.safeParse({
      task_groups: [{ name: 'g', tasks: [{ name: 'main', driver: 'http', config }] }],
    }).success;
  t.ok(ok({ body: 'x'.repeat(MAX_CONFIG_CHARACTERS - 100) }));
  t.notOk(ok({ body: 'x'.repeat(MAX_CONFIG_CHARACTERS) }));
  t.notOk(ok({ list: Array.from({ length: MAX_CONFIG_CHARACTERS / 4 }, () => 0) }));
  const deep = (levels: number): object => (levels === 0 ? {} : { inner: deep(levels - 1) });
  t.ok(ok(deep(10)));
  t.notOk(ok(deep(100)));
});

void t.test(
  "an order for a tenant's process contains the tenant, so that an agent without support refuses it",
  (t) => {
    const task = { name: 'main', driver: 'exec', config: { command: 'id', tenant: 'one' }, kill_timeout: 1 };
    t.same(orderTaskOf(task), task);
    t.same(taskOfOrder(orderTaskOf(task)), task);
    t.notOk(contractTask.safeParse(orderTaskOf(task)).success);
    t.same(
      contractTaskOf(task),
      { name: 'main', config: {}, kill_timeout: 1 },
      'the contract has no field for the tenant',
    );
    t.notOk(
      contractTask.safeParse({ name: 'main', config: { command: 'id', tenant: 'one' } }).success,
      'a request body cannot name a tenant',
    );
    t.end();
  },
);

void t.test(
  'the first port of a task is shown in its config, and the others are returned as they were sent',
  async (t) => {
    const sent = {
      name: 'main',
      config: { image: 'x' },
      ports: [{ host: 80, container: 8080 }, { host: 81 }, { container: 9, dynamic: true }],
    };
    t.strictSame(contractTaskOf(taskOf(contractTask.parse(sent))), {
      name: 'main',
      config: { image: 'x', port: 80, container_port: 8080 },
      ports: [{ host: 81 }, { container: 9, dynamic: true }],
    });
  },
);

void t.test(
  'a dynamic port needs a container port and no host port; dynamic ports and volumes require an image',
  async (t) => {
    const problem = (task: object): string | undefined =>
      contractTask.safeParse({ name: 'main', config: { image: 'x' }, ...task }).error?.issues[0]?.message;
    t.equal(problem({ ports: [{ container: 80, dynamic: true, prefer: 20_000 }] }), undefined);
    t.match(problem({ ports: [{ dynamic: true }] }), /is required for a dynamic port/);
    t.match(
      problem({ ports: [{ container: 80, host: 80, dynamic: true }] }),
      /the scheduler assigns the host port/,
    );
    t.match(problem({ ports: [{ host: 80, prefer: 80 }] }), /is only allowed for a dynamic port/);
    t.match(
      problem({ ports: [{ container: 80, dynamic: true }], config: { command: 'true' } }),
      /requires config.image/,
    );
    t.match(
      problem({ volumes: [{ name: 'v', path: '/v' }], config: { command: 'true' } }),
      /requires config.image/,
    );
    t.ok(
      problem({ ports: Array.from({ length: 1000 }, () => ({ container: 80, dynamic: true })) }),
      'a thousand ports are refused',
    );
  },
);

void t.test(
  'a volume has a plain name and a normalized absolute path, and no two volumes have the same path',
  async (t) => {
    const taken = (...volumes: object[]): boolean =>
      contractTask.safeParse({ name: 'main', config: { image: 'x' }, volumes }).success;
    t.ok(
      taken(
        { name: 'service.a-b_c.1', path: '/var/lib/data' },
        { name: 'service.a-b_c.1', path: '/other', read_only: true },
      ),
    );
    for (const name of ['', '.a', '-a', '/etc', 'a/b', '../a', 'a b', 'x'.repeat(129)])
      t.notOk(taken({ name, path: '/d' }), name);
    for (const path of [
      '',
      '/',
      'data',
      '/..',
      '/a/../b',
      '/a/./b',
      '/a//b',
      '/a//',
      '/a\u0000',
      `/${'x'.repeat(1024)}`,
    ])
      t.notOk(taken({ name: 'v', path }), path);
    t.notOk(
      taken({ name: 'v', path: '/d' }, { name: 'w', path: '/d' }),
      'two volumes at one path are refused',
    );
    t.notOk(taken({ name: 'v', path: '/d' }, { name: 'w', path: '/d/' }), 'a slash at the end is ignored');
    t.notOk(taken({ name: 'v', path: '/d', type: 'bind' }), 'a bind mount is refused');
  },
);

void t.test('accepts a size of /dev/shm for containers, up to their memory', async (t) => {
  const problem = (more: object, config: object = { image: 'x' }) =>
    contractTask.safeParse({ name: 'main', config, ...more }).error?.issues[0]?.message;
  t.equal(problem({ shm_size: 1024 }), undefined);
  t.equal(problem({ shm_size: 1024, resources: { memory: 1024 } }), undefined);
  t.match(problem({ shm_size: 1025, resources: { memory: 1024 } }), /at most the memory limit \(1024 MiB\)/);
  t.match(problem({ shm_size: 64 }, { command: 'true' }), /requires config\.image/);
  for (const size of [0, 1.5, 1_048_577, '1g']) t.type(problem({ shm_size: size }), 'string', String(size));
  const task = contractTask.parse({ name: 'main', config: { image: 'x' }, shm_size: 2048 });
  t.match(taskOf(task), { config: { image: 'x', shm_size: 2048 } });
  t.same(contractTaskOf(taskOf(task)), task);
});
