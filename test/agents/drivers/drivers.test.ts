import t from 'tap';
import type { AllocationOrder } from '#domain/protocol/index.js';
import { DRIVERS_HERE } from '../../fixtures/drivers.js';
import { call, order, startPair } from '../support/agent.js';
import { until } from '../support/peer-server.js';
import { savedRecord } from '../support/saved-records.js';

const of = (driver: string, config: object): AllocationOrder => {
  const { task_group, ...rest } = order({});
  return { ...rest, task_group: { ...task_group, tasks: [{ name: 'main', driver, config }] } };
};

void t.test('refuses an order for a driver that is unknown or that the node does not declare', async (t) => {
  const { agent, peer } = await startPair(t);
  await until(() => peer.registrations.length === 1);
  t.same(
    peer.registrations[0]?.drivers,
    DRIVERS_HERE,
    'the docker driver is absent, because no Docker engine runs here',
  );
  t.match(
    (await call('GET', `${agent.url}/usage`)).body,
    { volumes: [] },
    'a driver that is absent has no volumes',
  );
  const post = (subject: AllocationOrder) => call('POST', `${agent.url}/allocations`, subject);
  t.match(await post(order({ image: 'busybox' })), {
    status: 400,
    body: { error: /tasks\.0\.driver: this node does not declare the docker driver$/ },
  });
  t.match(await post(of('ftp', { url: 'ftp://x' })), {
    status: 400,
    body: {
      error: /tasks\.0\.driver: unknown driver ftp; known drivers: conda, docker, exec, http, python$/,
    },
  });
  t.match(await post(of('exec', { command: 1 })), {
    status: 400,
    body: { error: /tasks\.0\.config\.command/ },
  });
  t.match(await post(order({ config: {} })), {
    status: 400,
    body: { error: /tasks\.0\.config: needs an image \(docker\) or a command \(exec\)$/ },
  });
});

void t.test(
  'a desired allocation fails with a reason if its driver is missing or its config invalid',
  async (t) => {
    const { peer } = await startPair(t);
    const [unknown, wrong] = [of('ftp', { url: 'ftp://x' }), of('exec', { command: 1 })];
    peer.want(unknown, wrong);
    t.match(await peer.reported(unknown.allocation_id, 'failed'), {
      tasks: { main: { status: 'failed', message: 'this node has no ftp driver' } },
    });
    t.match(await peer.reported(wrong.allocation_id, 'failed'), {
      tasks: { main: { message: /^config is not valid for the exec driver: config\.command/ } },
    });
  },
);

void t.test(
  "runs an order with a driver and config in the same way as an order in the contract's format",
  async (t) => {
    const { peer, dataDir, agent } = await startPair(t);
    const [ours, words] = [
      of('exec', { command: 'printf %s "$1"; exit 3', args: [] }),
      order({ command: 'exit 3' }),
    ];
    const shell = of('exec', { command: '/bin/sh', args: ['-c', 'exit 3'] });
    peer.want(ours, words, shell);
    for (const each of [ours, words, shell])
      t.equal((await call('POST', `${agent.url}/allocations`, each)).status, 200);
    for (const each of [words, shell])
      t.match(await peer.reported(each.allocation_id, 'failed'), { tasks: { main: { exit_code: 3 } } });
    t.match(
      await peer.reported(ours.allocation_id, 'failed'),
      { tasks: { main: { exit_code: 127 } } },
      'a command with args runs without a shell',
    );
    t.same(
      savedRecord(dataDir, words.allocation_id)?.order?.task_group.tasks,
      [{ name: 'main', config: { command: 'exit 3' } }],
      'the journal stores the order in the contract’s form, as earlier agents do',
    );
  },
);
