import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import type { AllocationOrder } from '#domain/protocol/index.js';
import { logText } from '../agents/support/log-text.js';
import { order, spawnAgent } from '../agents/support/agent.js';
import { PeerServer, until } from '../agents/support/peer-server.js';
import { PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { canBeOthers } from '../fixtures/other-user.js';
import { required } from '../fixtures/requirement.js';
import { composeFile } from './compose-file.js';

t.setTimeout(120_000 * PATIENCE);

const { cap_add: capabilities = [], environment = {} } = composeFile().services['core-agent'] ?? {};
const tenantsShareTmp = environment['MUSTER_TENANTS_SHARE_TMP'] === 'true';
/** Command prefix that runs root as compose does: with only these capabilities, and no way to gain more. */
const CONTAINED = [
  'setpriv',
  `--bounding-set=-all,${capabilities.map((name) => `+${name.toLowerCase()}`).join(',')}`,
  '--inh-caps=-all',
  '--no-new-privs',
];

function ofTenant(tenant: string, command: string): AllocationOrder {
  const { task_group, ...rest } = order({});
  return {
    ...rest,
    task_group: { ...task_group, tasks: [{ name: 'main', driver: 'exec', config: { command, tenant } }] },
  };
}

void t.test(
  'with the capabilities of the compose file, isolates tenant processes and ends them completely',
  async (t) => {
    if (!required(t, canBeOthers(), 'root and setpriv')) return;
    const dataDir = ownFolder(t);
    const peer = await PeerServer.start();
    t.teardown(() => peer.close());
    const agent = await spawnAgent(
      t,
      { dataDir, serverUrl: peer.url, tenantsShareTmp },
      { SECRET_OF_THE_AGENT: 'x' },
      CONTAINED,
    );
    const root = path.join(dataDir, 'agent');

    const long = ofTenant('one', 'id -u; echo secret > kept; mkdir -m 0000 closed; sleep 600 & sleep 600');
    peer.want(long);
    await peer.reported(long.allocation_id, 'running');
    const local = path.join(root, 'tasks', long.allocation_id, 'main/local');
    await until(() => existsSync(path.join(local, 'closed')));
    const logOf = (id: string): string => logText(path.join(root, 'tasks', id, 'main/logs'), 'stdout');
    const uid = Number(logOf(long.allocation_id));
    t.ok(uid >= 200_000);
    const [supervisor = ''] = readFileSync(
      path.join(root, 'tasks', long.allocation_id, 'main/state/task'),
      'utf8',
    ).split(' ');

    const files = [
      `${local}/kept`,
      `${root}/tenant-users.json`,
      `${root}/journal/records.log`,
      `/proc/${agent.pid}/environ`,
      `/proc/${supervisor}/environ`,
    ];
    const reads = `for file in ${files.join(' ')}; do cat "$file" && echo "read $file"; done`;
    const spy = ofTenant('two', `id -u; ${reads}; kill ${agent.pid} ${supervisor}; ls ${root}; exit 0`);
    peer.want(long, spy);
    await peer.reported(spy.allocation_id, 'complete');
    t.match(logOf(spy.allocation_id), /^\d+\n$/, 'another tenant reads none of the files');
    t.not(Number(logOf(spy.allocation_id)), uid);

    peer.unwant(long.allocation_id);
    await peer.reported(long.allocation_id, 'stopped');
    await until(() => !existsSync(`/proc/${supervisor}`));
  },
);

void t.test(
  'without MUSTER_TENANTS_SHARE_TMP, refuses tenant processes, because they would share /tmp',
  async (t) => {
    if (!required(t, canBeOthers(), 'root and setpriv')) return;
    const peer = await PeerServer.start();
    t.teardown(() => peer.close());
    await spawnAgent(t, { dataDir: ownFolder(t), serverUrl: peer.url }, {}, CONTAINED);
    await until(() => peer.registrations.length > 0);
    t.match(peer.registrations[0]?.attributes, {
      'exec.namespaces': 'shared',
      'exec.tenants': 'refused',
      'exec.tenants_refused_for': 'shared_tmp',
    });
    const refused = ofTenant('one', 'true');
    peer.want(refused);
    t.match(await peer.reported(refused.allocation_id, 'lost'), {
      tasks: { main: { message: /share \/tmp and \/dev\/shm.*MUSTER_TENANTS_SHARE_TMP/ } },
    });
  },
);
