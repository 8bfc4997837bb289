import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse, stringify } from 'yaml';
import t from 'tap';
import { readSettings, requireSharedSecrets } from '#src/process/settings/settings.js';
import { settingDefaults } from '#src/process/settings/table.js';
import { PATIENCE } from '../fixtures/eventually.js';
import { required } from '../fixtures/requirement.js';
import { ownFolder } from '../fixtures/folder.js';
import { natsServers } from '../fixtures/nats-server.js';
import {
  COMPOSE_TEXT,
  composeFile,
  DOCKER_DRIVER_TEXT,
  environmentOf,
  MAKE_SECRETS,
  ROOT,
  SECRETS,
  type Service,
} from './compose-file.js';

t.setTimeout(300_000 * PATIENCE);

const file = composeFile();
const services = Object.entries(file.services);
const ours = services.filter(([, { build }]) => build !== undefined);
const defaults = settingDefaults();

void t.test('docker compose accepts the file with every profile', async (t) => {
  const commands = [['docker', 'compose'], ['docker-compose']];
  const [command, ...rest] =
    commands.find(([name = '', ...args]) => spawnSync(name, [...args, 'version']).status === 0) ?? [];
  if (
    !required(t, command !== undefined, 'docker compose (in Debian: package docker-compose)') ||
    command === undefined
  )
    return;
  const files = (...names: readonly string[]): string[] =>
    names.flatMap((name) => ['--file', join(ROOT, name)]);
  for (const [profile, options] of [
    ['core', files('docker-compose.yml')],
    ['production', files('docker-compose.yml')],
    ['observability', files('docker-compose.yml')],
    ['core', files('docker-compose.yml', 'deploy/containers/docker-driver.yml')],
    ['production', files('docker-compose.yml', 'deploy/containers/docker-driver.yml')],
  ] as const) {
    const run = spawnSync(
      command,
      [...rest, '--project-directory', ROOT, ...options, '--profile', profile, 'config'],
      {
        encoding: 'utf8',
        env: { ...process.env, DOCKER_GID: '999' },
      },
    );
    t.equal(run.status, 0, `${profile} of ${options.join(' ')}: ${run.stderr}`);
  }
});

void t.test(
  'keeps secrets out of files, arguments and environments, and creates each secret file once',
  async (t) => {
    t.same(
      Object.keys(file.secrets).sort(),
      Object.keys(SECRETS).sort(),
      'the created secrets are exactly the declared ones',
    );
    for (const text of [COMPOSE_TEXT, DOCKER_DRIVER_TEXT]) {
      for (const [, name = '', value = ''] of text.matchAll(/(\w*(?:PASSWORD|TOKEN|SECRET|KEY)\w*): (.*)$/gm))
        t.match(`${name} ${value}`, /_FILE \/run\/secrets\/\w+$/);
      t.notMatch(text, /\w+:\/\/\S+@/, 'no URL has a password');
    }
    for (const [name, service] of services) {
      const used = Object.values(service.environment ?? {}).flatMap(
        (value) => /^\/run\/secrets\/(\w+)$/.exec(value)?.[1] ?? [],
      );
      t.same(
        [...(service.secrets ?? [])].sort(),
        name === 'nats' ? ['nats_passwords'] : [...new Set(used)].sort(),
        `${name} gets only the secrets that it uses`,
      );
    }
    const folder = join(ownFolder(t), 'secrets');
    const make = (env: Readonly<Record<string, string>> = {}): string =>
      spawnSync('sh', [MAKE_SECRETS, folder], {
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], ...env },
      }).stdout;
    t.match(
      make({ MUSTER_JOIN_TOKEN: 'of-an-older-env-file', NATS_PASSWORD: 'of-nats' }),
      /made .*join_token/,
    );
    const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
    t.equal(read('join_token'), 'of-an-older-env-file\n');
    t.equal(statSync(folder).mode & 0o777, 0o700, 'other users of this machine cannot enter the folder');
    for (const name of readdirSync(folder))
      t.equal(statSync(join(folder, name)).mode & 0o777, name.startsWith('agent_') ? 0o400 : 0o444, name);
    for (const name of ['join_token', 'nats_url']) t.equal(read(`agent_${name}`), read(name));
    for (const [name, { secrets = [] }] of ours.filter(([, service]) => isAgent(service)))
      for (const secret of secrets)
        t.match(secret, /^agent_/, `${name}: no tenant process in its container can read ${secret}`);
    t.match(read('nats_passwords'), /"of-nats"/);
    t.equal(make({ MUSTER_JOIN_TOKEN: 'another-token-of-nodes' }), '', 'existing secrets are not replaced');
    t.equal(read('join_token'), 'of-an-older-env-file\n');
    rmSync(join(folder, 'nats_passwords'));
    t.match(make(), /made .*nats_passwords\n$/);
    t.match(read('nats_passwords'), /"of-nats"/, 'a missing secret is created to match the others');
  },
);

void t.test('NATS accepts its configuration with the secret', async (t) => {
  const binary = natsServers().at(-1);
  if (!required(t, binary !== undefined, 'nats-server') || binary === undefined) return;
  const folder = ownFolder(t);
  for (const each of ['etc/nats', 'run/secrets']) mkdirSync(join(folder, each), { recursive: true });
  copyFileSync(join(ROOT, 'deploy/nats/nats.conf'), join(folder, 'etc/nats/nats.conf'));
  writeFileSync(join(folder, 'run/secrets/nats_passwords'), SECRETS['nats_passwords'] ?? '');
  const checked = spawnSync(binary.path, ['--config', join(folder, 'etc/nats/nats.conf'), '-t'], {
    encoding: 'utf8',
  });
  t.equal(checked.status, 0, checked.stderr);
  rmSync(join(folder, 'run/secrets/nats_passwords'));
  t.not(
    spawnSync(binary.path, ['--config', join(folder, 'etc/nats/nats.conf'), '-t']).status,
    0,
    'NATS rejects its configuration without the secret',
  );
});

void t.test('every container has a memory limit, and every agent a fixed host name', async (t) => {
  for (const [name, { mem_limit: limit }] of services) t.match(limit, /^\d+g$/, name);
  for (const [name, service] of ours.filter(([, service]) => isAgent(service)))
    t.equal(service.hostname, name);
});

void t.test('images are pinned and match the documentation', async (t) => {
  const page = readFileSync(join(ROOT, 'docs/containers.md'), 'utf8');
  for (const [name, { image, build }] of services) {
    t.match(image, /^[a-z/]+:v?\d+\.\d+\.\d+/, name);
    if (build === undefined) t.ok(page.includes(`\`${image}\``), `docs/containers.md lists ${image}`);
  }
  const version = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string })
    .version;
  for (const [name, { image }] of ours) t.equal(image, `muster:${version}`, name);
});

void t.test('every server and agent accepts its settings', async (t) => {
  for (const [name, service] of ours) {
    const { environment = {} } = service;
    for (const variable of Object.keys(environment))
      t.ok(defaults.has(variable.replace(/_FILE$/, '')), `${name}: ${variable} is a setting`);
    t.doesNotThrow(
      () => requireSharedSecrets(readSettings(environmentOf({ ...service, environment }))),
      name,
    );
  }
});

void t.test('every address has the port on which its service listens', async (t) => {
  const listens = new Map(
    services.flatMap(([name, service]) => portOf(name, service).map((port) => [name, port] as const)),
  );
  for (const [name, service] of ours) {
    for (const variable of [
      'MUSTER_EVENTSTORE_URL',
      'MUSTER_MONGODB_URL',
      'MUSTER_NATS_URL',
      'MUSTER_SERVER_URL',
    ]) {
      const file = service.environment?.[`${variable}_FILE`];
      const value = file === undefined ? service.environment?.[variable] : SECRETS[basename(file)];
      if (value === undefined) continue;
      const url = new URL(value);
      t.equal(
        Number(url.port),
        listens.get(url.hostname),
        `${name}: ${variable} has the port of ${url.hostname}`,
      );
      t.ok(
        shareNetwork(service, services.find(([each]) => each === url.hostname)?.[1]),
        `${name} reaches ${url.hostname}`,
      );
      t.equal(
        service.depends_on?.[url.hostname]?.condition,
        'service_healthy',
        `${name} waits for ${url.hostname}`,
      );
    }
    for (const port of service.ports ?? [])
      t.equal(
        Number(port.split(':').at(-1)),
        defaults.get('MUSTER_PORT'),
        `${name} publishes the port of the API`,
      );
  }
  for (const [name, { ports = [], networks = [] }] of services) {
    for (const port of ports) t.match(port, /^127\.0\.0\.1:/, `${name} is published on loopback only`);
    if (networks.includes('stores') && !networks.includes('api'))
      t.same(ports, [], `${name} is not published`);
  }
  for (const network of ['stores', 'messages']) t.equal(file.networks[network]?.internal, true);
  for (const [name, { networks = [] }] of ours.filter(([, service]) => isAgent(service)))
    t.notOk(
      networks.includes('stores'),
      `${name}: tasks cannot reach the event store, which requires no password there`,
    );
});

const isAgent = ({ command = [] }: Service): boolean => command.includes('agent');

void t.test(
  'keeps the secrets of servers away from tasks: each agent has its own container, volume and environment',
  async (t) => {
    const volumeOf = ({ volumes = [] }: Service): (string | undefined)[] =>
      volumes.map((volume) => volume.split(':')[0]);
    const agents = ours.filter(([, service]) => isAgent(service));
    const servers = ours.filter(([, service]) => !isAgent(service));
    for (const [name, service] of servers)
      t.equal(readSettings(environmentOf(service)).embeddedAgent, false, `${name} starts no tasks itself`);
    for (const profile of ['core', 'production'])
      t.ok(
        agents.some(([, { profiles = [] }]) => profiles.includes(profile)),
        `${profile} has an agent`,
      );
    for (const [name, service] of agents) {
      for (const secret of [
        'MUSTER_JWT_SECRET',
        'MUSTER_DATA_KEY',
        'MUSTER_ADMIN_PASSWORD',
        'MUSTER_MONGODB_URL',
        'MUSTER_EVENTSTORE_URL',
      ])
        for (const variable of [secret, `${secret}_FILE`])
          t.notOk(variable in (service.environment ?? {}), `${name} does not get ${variable}`);
      for (const [server, other] of servers)
        t.same(
          volumeOf(service).filter((volume) => volumeOf(other).includes(volume)),
          [],
          `${name} shares no volume with ${server}`,
        );
    }
  },
);

/** Returns the ports on which a service listens, according to its own configuration. */
function portOf(name: string, { environment = {} }: Service): number[] {
  if (name === 'eventstore') return [Number(environment['EVENTSTORE_NODE_PORT'])];
  if (name === 'nats')
    return [Number(/^port: (\d+)$/m.exec(readFileSync(join(ROOT, 'deploy/nats/nats.conf'), 'utf8'))?.[1])];
  // MongoDB's default, which the file does not change.
  if (name === 'mongodb') return [27017];
  if (name === 'prometheus') return [9090];
  return [
    Number(environment['MUSTER_AGENT_PORT'] ?? environment['MUSTER_PORT'] ?? defaults.get('MUSTER_PORT')),
  ];
}

function shareNetwork(one: Service | undefined, other: Service | undefined): boolean {
  return (one?.networks ?? []).some((network) => other?.networks?.includes(network) === true);
}

void t.test("every service has a health check, and ours use the image's", async (t) => {
  for (const [name, { healthcheck, build }] of services)
    t.equal((healthcheck?.test.length ?? 0) > 1, build === undefined, name);
});

void t.test(
  'only agents run as root, no container can gain privileges, and our root file systems are read-only',
  async (t) => {
    for (const [name, service] of services) {
      const { user, cap_drop, cap_add, security_opt } = service;
      // An agent that runs each tenant as a separate user must be root, with just the capabilities for that.
      if (isAgent(service))
        t.match(
          { user, cap_add: [...(cap_add ?? [])].sort() },
          { user: 'root', cap_add: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'KILL', 'SETGID', 'SETUID'] },
          name,
        );
      else
        t.match(
          { user, cap_add },
          { user: /^(node|nobody|[1-9]\d*:[1-9]\d*)$/, cap_add: undefined },
          `${name} runs as ${user}`,
        );
      t.same(cap_drop, ['ALL'], name);
      t.same(security_opt, ['no-new-privileges:true'], name);
    }
    for (const [name, service] of ours) {
      const { read_only, volumes = [], command = [] } = service;
      t.equal(read_only, true, name);
      t.ok(
        volumes.some((volume) => volume.endsWith(':/data')),
        `${name} keeps its data in a volume`,
      );
      const startsTasks = command.includes('agent') || readSettings(environmentOf(service)).embeddedAgent;
      if (startsTasks)
        t.equal(
          file.services[name]?.init,
          true,
          `${name}: an init reaps the processes that tasks leave behind`,
        );
    }
    const named = services
      .flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0] ?? ''))
      .filter((volume) => !volume.startsWith('.'));
    t.same(Object.keys(file.volumes).sort(), [...new Set(named)].sort(), 'every volume is declared and used');
  },
);

void t.test('each profile starts the expected services', async (t) => {
  const of = (profile: string): string[] =>
    services.filter(([, { profiles = [] }]) => profiles.includes(profile)).map(([name]) => name);
  t.same(of('core'), ['core', 'core-agent']);
  t.same(of('production'), ['server-1', 'server-2', 'agent', 'eventstore', 'mongodb', 'nats']);
  t.same(of('observability'), ['prometheus']);
  t.ok(services.every(([, { profiles = [] }]) => profiles.length === 1));
  const core = readSettings(environmentOf(file.services['core'] as Service));
  t.match(
    [core.eventStoreUrl, core.mongodbUrl, core.natsUrl, core.embeddedAgent],
    [undefined, undefined, undefined, false],
  );
});

void t.test('Prometheus scrapes existing services, and promtool accepts its files', async (t) => {
  const folder = join(ROOT, 'deploy/prometheus');
  const prometheus = parse(readFileSync(join(folder, 'prometheus.yml'), 'utf8')) as {
    scrape_configs: { static_configs: { targets: string[] }[] }[];
  };
  for (const target of prometheus.scrape_configs.flatMap(({ static_configs }) =>
    static_configs.flatMap(({ targets }) => targets),
  )) {
    const [name = '', port] = target.split(':');
    t.equal(Number(port), portOf(name, file.services[name] as Service)[0], target);
    t.ok(shareNetwork(file.services[name], file.services['prometheus']), `Prometheus reaches ${name}`);
  }
  if (
    !required(
      t,
      spawnSync('promtool', ['--version']).status === 0,
      'promtool (in Debian: package prometheus)',
    )
  )
    return;
  const checked = spawnSync('promtool', ['check', 'config', join(folder, 'prometheus.yml')], {
    encoding: 'utf8',
  });
  t.equal(checked.status, 0, checked.stderr + checked.stdout);
});

void t.test('alerts fire for each server that is down, but not for an unused profile', async (t) => {
  if (
    !required(
      t,
      spawnSync('promtool', ['--version']).status === 0,
      'promtool (in Debian: package prometheus)',
    )
  )
    return;
  const folder = ownFolder(t);
  for (const name of ['alerts.yml', 'eventstore-alerts.yml'])
    copyFileSync(join(ROOT, 'deploy/prometheus', name), join(folder, name));
  const up = (job: string, instance: string, profile: string, values: string): object => ({
    series: `up{job="${job}", instance="${instance}", profile="${profile}"}`,
    values,
  });
  const [core, one, two] = ['core:8080', 'server-1:8080', 'server-2:8080'];
  const store = 'eventstore:2113';
  const down = (instance: string, profile: string, job: string): object => ({
    exp_labels: { severity: 'critical', instance, profile, job },
    exp_annotations: {
      summary:
        job === 'muster'
          ? `${instance} is not responding`
          : `${instance}: this EventStoreDB member is not responding`,
    },
  });
  const expecting = (alertname: string, exp_alerts: readonly object[]): object => ({
    eval_time: '10m',
    alertname,
    exp_alerts,
  });
  const tests = [
    {
      name: 'core is used, and well',
      input_series: [
        up('muster', core, 'core', '1x20'),
        up('muster', one, 'production', '0x20'),
        up('muster', two, 'production', '0x20'),
        up('eventstore', store, 'production', '0x20'),
      ],
      alert_rule_test: [
        expecting('MusterDown', []),
        expecting('MusterAllDown', []),
        expecting('EventStoreMemberDown', []),
      ],
    },
    {
      name: 'core has gone',
      input_series: [up('muster', core, 'core', '1 1 1 0x20'), up('muster', one, 'production', '0x20')],
      alert_rule_test: [
        expecting('MusterDown', [down(core, 'core', 'muster')]),
        expecting('MusterAllDown', [
          {
            exp_labels: { severity: 'critical' },
            exp_annotations: { summary: 'no Muster server is responding' },
          },
        ]),
      ],
    },
    {
      name: 'production is used, and a server and the store never came',
      input_series: [
        up('muster', core, 'core', '0x20'),
        up('muster', one, 'production', '1x20'),
        up('muster', two, 'production', '0x20'),
        up('eventstore', store, 'production', '0x20'),
      ],
      alert_rule_test: [
        expecting('MusterDown', [down(two, 'production', 'muster')]),
        expecting('MusterAllDown', []),
        expecting('EventStoreMemberDown', [down(store, 'production', 'eventstore')]),
      ],
    },
  ];
  writeFileSync(
    join(folder, 'tests.yml'),
    stringify({
      rule_files: ['alerts.yml', 'eventstore-alerts.yml'],
      evaluation_interval: '1m',
      tests: tests.map((test) => ({ interval: '1m', ...test })),
    }),
  );
  const run = spawnSync('promtool', ['test', 'rules', join(folder, 'tests.yml')], { encoding: 'utf8' });
  t.equal(run.status, 0, run.stdout + run.stderr);
});

void t.test(
  'the event store sends no telemetry, has memory and cache limits, and is scraped by Prometheus',
  async (t) => {
    const { environment = {}, mem_limit: limit } = file.services['eventstore'] as Service;
    t.match(environment, { EVENTSTORE_TELEMETRY_OPTOUT: 'true', EVENTSTORE_NODE_PORT: '2113' });
    t.notOk('EVENTSTORE_HTTP_PORT' in environment, 'the deprecated variable is not set');
    t.ok(limit);
    t.ok(
      Number(environment['EVENTSTORE_CHUNKS_CACHE_SIZE']) > 0 &&
        Number(environment['EVENTSTORE_STREAM_INFO_CACHE_CAPACITY']) > 0,
    );
    t.match(readFileSync(join(ROOT, 'deploy/prometheus/prometheus.yml'), 'utf8'), /"eventstore:2113"/);
  },
);

void t.test('every alert on the event store is documented', async (t) => {
  const { groups } = parse(readFileSync(join(ROOT, 'deploy/prometheus/eventstore-alerts.yml'), 'utf8')) as {
    groups: { rules: { alert: string }[] }[];
  };
  const page = readFileSync(join(ROOT, 'docs/eventstoredb.md'), 'utf8');
  const rules = groups.flatMap((group) => group.rules);
  t.ok(rules.length > 3);
  for (const { alert } of rules) t.match(page, new RegExp(`^\\| \`${alert}\` +\\|`, 'm'), alert);
});
