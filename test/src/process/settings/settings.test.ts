import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { VARIABLES } from '#agents/platform/environment.js';
import { SettingsError } from '#domain/kernel/settings/settings-error.js';
import { readSettings } from '#src/process/settings/settings.js';
import { SETTINGS } from '#src/process/settings/table.js';
import type { GpuSettings } from '#src/surfaces/gpu/settings.js';

const gpuOf = (environment: Readonly<Record<string, string>>): GpuSettings =>
  readSettings(environment).surfaces['gpu'] as GpuSettings;

void t.test('by default, the server listens on loopback and runs a local agent', async (t) => {
  const settings = readSettings({});
  t.match(settings, {
    host: '127.0.0.1',
    port: 8080,
    embeddedAgent: true,
    nodeTimeoutSeconds: 30,
    heartbeatSeconds: 10,
  });
});

void t.test('reports all bad settings at once', async (t) => {
  try {
    readSettings({ MUSTER_PORT: 'http', MUSTER_LOG_LEVEL: 'loud', MUSTER_PROT: '1' });
    t.fail('readSettings should have thrown');
  } catch (error) {
    t.ok(error instanceof SettingsError);
    t.match((error as SettingsError).problems.map((problem) => problem.split(':')[0]).sort(), [
      'MUSTER_LOG_LEVEL',
      'MUSTER_PORT',
      'MUSTER_PROT',
    ]);
  }
});

void t.test(
  'a server accepts every variable that commands read, because both may have one environment',
  async (t) => {
    const known = new Set(SETTINGS.flatMap(({ name, secret }) => (secret ? [name, `${name}_FILE`] : [name])));
    const read = Object.keys(VARIABLES).filter((name) => name.startsWith('MUSTER_'));
    t.ok(read.includes('MUSTER_TOKEN') && read.includes('MUSTER_SERVER_URL'));
    t.same(
      read.filter((name) => !known.has(name)),
      [],
    );
  },
);

void t.test('listening off loopback requires a join token', async (t) => {
  t.throws(() => readSettings({ MUSTER_HOST: '0.0.0.0' }), /MUSTER_JOIN_TOKEN/);
  t.equal(readSettings({ MUSTER_HOST: '0.0.0.0', MUSTER_JOIN_TOKEN: 'x'.repeat(16) }).host, '0.0.0.0');
});

void t.test('requires an address to publish container ports', async (t) => {
  t.equal(readSettings({}).publishHost, undefined);
  for (const address of ['127.0.0.1', '::1', '0.0.0.0'])
    t.equal(readSettings({ MUSTER_PUBLISH_HOST: address }).publishHost, address);
  for (const bad of ['localhost', '127.0.0.1:80', '10.0.0.0/8'])
    t.throws(() => readSettings({ MUSTER_PUBLISH_HOST: bad }), /MUSTER_PUBLISH_HOST: must be an IP address/);
});

void t.test('requires long operator keys, and repeats none in messages', (t) => {
  const [one, other] = ['first-key-0123456789', '$econd/key+0123=:;'];
  t.same(readSettings({}).operatorKeys, []);
  t.same(readSettings({ MUSTER_API_KEYS: ` ${one} , ${other},` }).operatorKeys, [one, other]);
  for (const bad of [
    'too-short-123',
    `${one},short`,
    ` , `,
    `${one} ${other}`,
    `${one}ä`,
    'x'.repeat(20),
    `${one}${'x'.repeat(500)}`,
  ]) {
    const refused = t.throws(
      () => readSettings({ MUSTER_API_KEYS: bad }),
      /MUSTER_API_KEYS: /,
      bad,
    ) as unknown as Error;
    for (const key of [one, 'short', 'too-short']) t.notMatch(refused.message, key);
  }
  t.end();
});

void t.test('reads the URLs of the event store, MongoDB and NATS', (t) => {
  const settings = readSettings({
    MUSTER_EVENTSTORE_URL: 'esdb://events:2113?tls=false',
    MUSTER_MONGODB_URL: 'mongodb://views/muster',
    MUSTER_NATS_URL: 'nats://user:password@a:4222,nats://b:4222',
    MUSTER_JOIN_TOKEN: 'x'.repeat(16),
  });
  t.match(settings, {
    eventStoreUrl: 'esdb://events:2113?tls=false',
    mongodbUrl: 'mongodb://views/muster',
    natsUrl: 'nats://user:password@a:4222,nats://b:4222',
  });
  t.equal(settings.embeddedAgent, false, 'no agent is embedded by default with NATS');
  t.equal(
    readSettings({ MUSTER_NATS_URL: 'nats://token@[::1]:4222', MUSTER_EMBEDDED_AGENT: 'true' }).embeddedAgent,
    true,
  );
  t.match(readSettings({ MUSTER_EVENTSTORE_LISTEN: '[::1]:2113' }).eventStoreListen, {
    host: '::1',
    port: 2113,
  });
  for (const bad of [
    { MUSTER_EVENTSTORE_URL: 'http://a' },
    { MUSTER_MONGODB_URL: 'a:27017' },
    { MUSTER_NATS_URL: 'nats://a,b' },
    { MUSTER_EVENTSTORE_LISTEN: '2113' },
  ]) {
    t.throws(() => readSettings(bad), new RegExp(`${Object.keys(bad)[0] ?? ''}: `));
  }
  t.end();
});

void t.test('enables every role by default, and refuses roles that cannot work', (t) => {
  t.same(readSettings({}).roles, ['api', 'projector', 'scheduler', 'dispatcher', 'liveness']);
  const esdb = { MUSTER_EVENTSTORE_URL: 'esdb://events:2113' };
  const settings = readSettings({ ...esdb, MUSTER_ROLES: 'liveness, scheduler' });
  t.same(settings.roles, ['scheduler', 'liveness']);
  t.equal(settings.embeddedAgent, false, 'no agent is embedded by default without the role api');
  t.throws(() => readSettings({ ...esdb, MUSTER_ROLES: 'api,king' }), /unknown: king/);
  t.throws(() => readSettings({ MUSTER_ROLES: 'scheduler' }), /no other server can reach the embedded log/);
  t.throws(() => readSettings({ ...esdb, MUSTER_ROLES: 'api' }), /MUSTER_MONGODB_URL/);
  t.throws(
    () => readSettings({ ...esdb, MUSTER_EVENTSTORE_LISTEN: '127.0.0.1:2113' }),
    /not used with MUSTER_EVENTSTORE_URL/,
  );
  t.end();
});

void t.test('requires a join token for NATS off loopback', (t) => {
  t.throws(
    () => readSettings({ MUSTER_NATS_URL: 'nats://127.0.0.1:4222,nats://b:4222' }),
    /MUSTER_JOIN_TOKEN/,
  );
  t.throws(
    () => readSettings({ MUSTER_NATS_URL: 'nats://127.0.0.1:4222/path' }),
    /MUSTER_NATS_URL: must have no path/,
  );
  t.match(readSettings({ MUSTER_NATS_URL: 'nats://user:password@127.0.0.1:4222' }), {
    natsUrl: 'nats://user:password@127.0.0.1:4222',
    natsOpen: false,
  });
  t.end();
});

void t.test(
  'requires NATS credentials unless a setting waives them, which in turn requires a join token',
  (t) => {
    const [url, token] = [
      { MUSTER_NATS_URL: 'nats://127.0.0.1:4222' },
      { MUSTER_JOIN_TOKEN: 'x'.repeat(16) },
    ];
    const accept = { MUSTER_NATS_WITHOUT_CREDENTIALS: 'accept' };
    t.throws(
      () => readSettings(url),
      /MUSTER_NATS_URL: has no user and password.*MUSTER_NATS_WITHOUT_CREDENTIALS=accept/,
    );
    t.throws(() => readSettings({ ...url, ...token }), /MUSTER_NATS_URL: has no user and password/);
    t.throws(
      () => readSettings({ ...url, ...accept }),
      /MUSTER_NATS_URL: has no user and password, which requires MUSTER_JOIN_TOKEN/,
    );
    t.match(readSettings({ ...url, ...token, ...accept }), { natsOpen: true });
    t.end();
  },
);

void t.test('parses quotas by role, with defaults for others', (t) => {
  t.same(gpuOf({}), {
    quota: { user: 2, tenant_admin: 8, auditor: 0, admin: undefined },
    cpu: 500,
    memory: 1024,
  });
  t.same(gpuOf({ MUSTER_GPU_QUOTA: 'admin=4, user=unlimited' }).quota, {
    user: undefined,
    tenant_admin: 8,
    auditor: 0,
    admin: 4,
  });
  t.equal(gpuOf({ MUSTER_GPU_QUOTA: 'user=0' }).quota.user, 0);
  t.same(
    gpuOf({ MUSTER_GPU_QUOTA: 'user=3,' }).quota,
    { user: 3, tenant_admin: 8, auditor: 0, admin: undefined },
    'a trailing comma is ignored',
  );
  for (const bad of [
    'king=1',
    'user',
    'user=',
    'user=-1',
    'user=1.5',
    'user=1=2',
    '2',
    'user=two',
    '__proto__=1',
    'constructor=1',
  ]) {
    t.throws(() => readSettings({ MUSTER_GPU_QUOTA: bad }), /MUSTER_GPU_QUOTA: /, bad);
  }
  t.throws(() => readSettings({ MUSTER_GPU_CLAIM_CPU: '-1' }), /MUSTER_GPU_CLAIM_CPU: /);
  t.end();
});

void t.test('passes the file of the join token to an agent', async (t) => {
  const file = join(t.testdir({ token: `${'f'.repeat(16)}\n` }), 'token');
  chmodSync(file, 0o600);
  t.match(readSettings({ MUSTER_JOIN_TOKEN_FILE: file }), { joinToken: 'f'.repeat(16), joinTokenFile: file });
  t.equal(readSettings({ MUSTER_JOIN_TOKEN: 'f'.repeat(16) }).joinTokenFile, undefined);
});

void t.test('registration is open only on loopback, unless it is set', (t) => {
  const isOpen = (env: Record<string, string>): boolean => readSettings(env).openRegistration;
  t.ok(isOpen({}));
  t.ok(isOpen({ MUSTER_HOST: '::1' }));
  const token = { MUSTER_JOIN_TOKEN: 'f'.repeat(16) };
  t.notOk(isOpen({ ...token, MUSTER_HOST: '0.0.0.0' }));
  t.notOk(isOpen({ ...token, MUSTER_ALLOWED_HOSTS: 'muster.example' }), 'behind a proxy');
  t.ok(isOpen({ ...token, MUSTER_HOST: '0.0.0.0', MUSTER_REGISTRATION: 'open' }));
  t.notOk(isOpen({ MUSTER_REGISTRATION: 'closed' }));
  t.end();
});

void t.test('parses a quota for tenants, or for tenants and accounts', (t) => {
  t.same(readSettings({}).quotas.slots, { tenant: '75%', account: 'unlimited' });
  t.same(readSettings({ MUSTER_QUOTA_SLOTS: '12' }).quotas.slots, { tenant: '12', account: 'unlimited' });
  t.same(readSettings({ MUSTER_QUOTA_TASKS: 'account=5' }).quotas.tasks, { tenant: '1000', account: '5' });
  t.same(readSettings({ MUSTER_QUOTA_CPU: 'tenant=unlimited, account=10%' }).quotas.cpu, {
    tenant: 'unlimited',
    account: '10%',
  });
  for (const bad of ['many', '-1', '1.5', '101%', 'user=3', 'tenant=', 'tenant=1=2', '__proto__=1'])
    t.throws(() => readSettings({ MUSTER_QUOTA_CPU: bad }), /MUSTER_QUOTA_CPU: /, bad);
  t.throws(
    () => readSettings({ MUSTER_QUOTA_TASKS: '75%' }),
    /MUSTER_QUOTA_TASKS: is not a share of the cluster/,
  );
  t.end();
});

void t.test('parses host names with or without a port, and refuses invalid ones', async (t) => {
  t.same(readSettings({}).allowedHosts, []);
  t.same(readSettings({ MUSTER_ALLOWED_HOSTS: 'muster.example, core:8080,[fd00::5]' }).allowedHosts, [
    'muster.example',
    'core:8080',
    '[fd00::5]',
  ]);
  for (const text of ['http://muster.example', '*', 'a b', 'x:y'])
    t.throws(() => readSettings({ MUSTER_ALLOWED_HOSTS: text }), /MUSTER_ALLOWED_HOSTS/);
  t.equal(readSettings({}).localAccess, 'same-user');
  t.throws(() => readSettings({ MUSTER_LOCAL_ACCESS: 'all' }), /MUSTER_LOCAL_ACCESS/);
});

void t.test(
  'allows every account to run processes by default if no other machine can reach the server',
  (t) => {
    const open = (given: Record<string, string>): boolean =>
      readSettings({ MUSTER_JOIN_TOKEN: 'x'.repeat(16), ...given }).openExecution;
    t.ok(open({}));
    t.notOk(open({ MUSTER_HOST: '0.0.0.0' }));
    t.notOk(
      open({ MUSTER_ALLOWED_HOSTS: 'muster.example' }),
      'a server with allowed hosts may be reachable through a proxy',
    );
    t.notOk(open({ MUSTER_OPEN_EXECUTION: 'false' }));
    t.ok(open({ MUSTER_HOST: '0.0.0.0', MUSTER_OPEN_EXECUTION: 'true' }));
    t.throws(() => readSettings({ MUSTER_OPEN_EXECUTION: 'perhaps' }), /MUSTER_OPEN_EXECUTION/);
    t.end();
  },
);

void t.test('parses the settings for tasks on a node, and refuses invalid values', (t) => {
  const given = {
    MUSTER_TASK_UIDS: '300000-300999',
    MUSTER_HTTP_ALLOW: '10.0.0.0/8, wiki.intern',
    MUSTER_HTTP_DENY: 'localhost:8222, nats.intern',
  };
  t.match(readSettings(given).agent, {
    taskUids: { first: 300_000, last: 300_999 },
    httpAllow: '10.0.0.0/8, wiki.intern',
    httpDeny: ['localhost:8222', 'nats.intern'],
  });
  t.match(readSettings({}).agent, {
    taskUids: { first: 200_000, last: 265_535 },
    httpAllow: undefined,
    httpDeny: [],
  });
  for (const bad of ['0-10', '10-9', '1', 'a-b', '1-4294967295', '1--2'])
    t.throws(() => readSettings({ MUSTER_TASK_UIDS: bad }), /MUSTER_TASK_UIDS/, bad);
  t.match(
    [readSettings({}).agent, readSettings({ MUSTER_TASK_PROCESSES: '64' }).agent],
    [{ taskProcesses: 1024 }, { taskProcesses: 64 }],
  );
  for (const bad of ['0', 'many', '1.5'])
    t.throws(() => readSettings({ MUSTER_TASK_PROCESSES: bad }), /MUSTER_TASK_PROCESSES/, bad);
  for (const bad of ['10.0.0.0/33', 'http://wiki', 'a b'])
    t.throws(() => readSettings({ MUSTER_HTTP_ALLOW: bad }), /MUSTER_HTTP_ALLOW/, bad);
  for (const bad of ['10.0.0.0/8', 'http://wiki'])
    t.throws(() => readSettings({ MUSTER_HTTP_DENY: bad }), /MUSTER_HTTP_DENY/, bad);
  t.end();
});

void t.test("passes conda settings to builders under the tools' own variable names", async (t) => {
  t.match(readSettings({}).agent.conda, {
    environment: {},
    channels: ['conda-forge'],
    buildSeconds: 3600,
    cacheBytes: 20_000_000_000,
  });
  const given = {
    MUSTER_CONDA_BACKEND: 'venv',
    MUSTER_CONDA_CHANNELS: 'conda-forge, https://conda.intern/x',
    MUSTER_CONDA_CACHE_GB: '0.5',
  };
  t.match(
    readSettings({
      ...given,
      MUSTER_CONDA_PROXY: 'http://proxy:3128',
      MUSTER_CONDA_CA_FILE: '/ca.pem',
      MUSTER_CONDA_CREDENTIALS: 'conda.intern=me:secret',
    }).agent.conda,
    {
      backend: 'venv',
      channels: ['conda-forge', 'https://conda.intern/x'],
      cacheBytes: 500_000_000,
      environment: { HTTPS_PROXY: 'http://proxy:3128', SSL_CERT_FILE: '/ca.pem' },
      credentials: 'conda.intern=me:secret',
    },
  );
  for (const [name, bad] of Object.entries({
    BACKEND: 'pip',
    CHANNELS: 'https://me:pw@conda.intern',
    CACHE_GB: '0',
    PROXY: 'proxy',
    CA_FILE: 'ca.pem',
    CREDENTIALS: 'secret',
  }))
    t.throws(() => readSettings({ [`MUSTER_CONDA_${name}`]: bad }), new RegExp(`MUSTER_CONDA_${name}`), name);
});

void t.test('passes the standard variables to builders that have no settings of their own', async (t) => {
  const names = ['HTTPS_PROXY', 'NO_PROXY', 'SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'] as const;
  const before = names.map((name) => [name, process.env[name]] as const);
  t.teardown(() => {
    for (const [name, value] of before)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  });
  const given = {
    HTTPS_PROXY: 'http://proxy:3128',
    NO_PROXY: 'conda.intern',
    SSL_CERT_FILE: '/own.pem',
    NODE_EXTRA_CA_CERTS: '/more.pem',
  };
  Object.assign(process.env, given);
  t.match(readSettings({}).agent.conda.environment, { ...given, PIP_CERT: '/own.pem' });
  const own = readSettings({ MUSTER_CONDA_PROXY: 'http://other:1', MUSTER_CONDA_CA_FILE: '/ca.pem' });
  t.match(own.agent.conda.environment, { HTTPS_PROXY: 'http://other:1', SSL_CERT_FILE: '/ca.pem' });
  t.notOk('NO_PROXY' in own.agent.conda.environment);
});

void t.test('reserves nodes for large jobs unless the setting is false', (t) => {
  t.equal(readSettings({}).schedulerReserves, true);
  t.equal(readSettings({ MUSTER_SCHEDULER_RESERVES: 'false' }).schedulerReserves, false);
  t.throws(() => readSettings({ MUSTER_SCHEDULER_RESERVES: 'no' }), /MUSTER_SCHEDULER_RESERVES: /);
  t.end();
});

void t.test('accepts trusted proxies by address or range, but never all addresses', (t) => {
  t.strictSame(readSettings({}).trustedProxies, []);
  t.strictSame(readSettings({ MUSTER_TRUSTED_PROXIES: '127.0.0.2, 10.0.0.0/8,fd00::/8' }).trustedProxies, [
    '127.0.0.2',
    '10.0.0.0/8',
    'fd00::/8',
  ]);
  for (const bad of ['0.0.0.0/0', '::/0', 'proxy', '10.0.0.0/33', '*'])
    t.throws(() => readSettings({ MUSTER_TRUSTED_PROXIES: bad }), /MUSTER_TRUSTED_PROXIES: /, bad);
  t.end();
});

void t.test('accepts an ascending range of unprivileged host ports', (t) => {
  t.strictSame(readSettings({}).portRange, { first: 20_000, last: 32_000 });
  t.strictSame(readSettings({ MUSTER_PORT_RANGE: '30000-30000' }).portRange, {
    first: 30_000,
    last: 30_000,
  });
  for (const bad of ['-', '30000', '80-90', '30001-30000', '30000-65536', 'a-b', '30000 - 30001', '-1-30000'])
    t.throws(() => readSettings({ MUSTER_PORT_RANGE: bad }), /MUSTER_PORT_RANGE: /, bad);
  t.end();
});
