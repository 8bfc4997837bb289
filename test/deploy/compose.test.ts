import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readFileSync } from 'node:fs';
import t from 'tap';
import { readSettings, requireSharedSecrets, settingDefaults } from '#src/server/settings/settings.js';
import { required } from '../fixtures/requirement.js';
import { ownFolder } from '../fixtures/folder.js';
import { agentOptions } from '../agents/support/agent.js';
import { openTestApi } from '../src/surfaces/kit/support/test-api.js';
import { PeerServer } from '../agents/support/peer-server.js';
import { runAgent } from '#agents/main.js';
import { COMPOSE_TEXT, composeFile, ROOT, SECRETS, type Service } from './compose-file.js';

t.setTimeout(300_000);

const file = composeFile();
const services = Object.entries(file.services);
const ours = services.filter(([, { build }]) => build !== undefined);
const defaults = settingDefaults();

void t.test('compose itself takes the file, for every profile', async (t) => {
  const commands = [['docker', 'compose'], ['docker-compose']];
  const [command, ...rest] = commands.find(([name = '', ...args]) => spawnSync(name, [...args, 'version']).status === 0) ?? [];
  if (!required(t, command !== undefined, 'docker compose (in Debian: package docker-compose)') || command === undefined) return;
  const env = join(t.testdir(), 'secrets.env');
  writeFileSync(
    env,
    Object.entries(SECRETS)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  for (const profile of ['core', 'production', 'observability']) {
    const run = spawnSync(
      command,
      [...rest, '--project-directory', ROOT, '--file', join(ROOT, 'docker-compose.yml'), '--env-file', env, '--profile', profile, 'config'],
      { encoding: 'utf8' },
    );
    t.equal(run.status, 0, `${profile}: ${run.stderr}`);
  }
});

void t.test('nothing starts without its secrets, and none is in the file', async (t) => {
  for (const name of Object.keys(SECRETS))
    t.throws(() => composeFile({ ...SECRETS, [name]: undefined as never }), { message: `${name}: set it in .env, see .env.example` });
  for (const [, name = '', value = ''] of COMPOSE_TEXT.matchAll(/(\w*(?:PASSWORD|TOKEN|SECRET|KEY)\w*): (.*)$/gm)) t.match(value, /^\$\{\w+:\?/, name);
  for (const [url] of COMPOSE_TEXT.matchAll(/\w+:\/\/\S+@/g)) t.match(url, /^\w+:\/\/muster:\$\{\w+:\?/, url);
});

void t.test('images are pinned, and are those that the documentation names', async (t) => {
  const operations = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
  for (const [name, { image, build }] of services) {
    t.match(image, /^[a-z/]+:v?\d+\.\d+\.\d+/, name);
    if (build === undefined) t.ok(operations.includes(`\`${image}\``), `docs/operations.md names ${image}`);
  }
  const version = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
  for (const [name, { image }] of ours) t.equal(image, `muster:${version}`, name);
});

void t.test('the settings of every server and agent are settings that it takes', async (t) => {
  for (const [name, { environment = {} }] of ours) {
    for (const variable of Object.keys(environment)) t.ok(defaults.has(variable), `${name}: ${variable} is a setting`);
    t.doesNotThrow(() => requireSharedSecrets(readSettings(environment)), name);
  }
});

void t.test('every address leads to a service, at the port where it listens', async (t) => {
  const listens = new Map(services.flatMap(([name, service]) => portOf(name, service).map((port) => [name, port] as const)));
  for (const [name, { environment = {} }] of ours) {
    for (const variable of ['MUSTER_EVENTSTORE_URL', 'MUSTER_MONGODB_URL', 'MUSTER_NATS_URL', 'MUSTER_SERVER_URL']) {
      const value = environment[variable];
      if (value === undefined) continue;
      const url = new URL(value);
      t.equal(Number(url.port), listens.get(url.hostname), `${name}: ${variable} leads to ${url.hostname}`);
      t.ok(shareNetwork(file.services[name], file.services[url.hostname]), `${name} reaches ${url.hostname}`);
      t.equal(file.services[name]?.depends_on?.[url.hostname]?.condition, 'service_healthy', `${name} waits for ${url.hostname}`);
    }
    for (const port of file.services[name]?.ports ?? [])
      t.equal(Number(port.split(':').at(-1)), defaults.get('MUSTER_PORT'), `${name} publishes the port of the API`);
  }
  for (const [name, { ports = [], networks = [] }] of services) {
    for (const port of ports) t.match(port, /^127\.0\.0\.1:/, `${name} is published on loopback only`);
    if (networks.includes('stores') && !networks.includes('api')) t.same(ports, [], `${name} is not published`);
  }
  t.equal(file.networks['stores']?.internal, true);
});

const isAgent = ({ command = [] }: Service): boolean => command.includes('agent');

void t.test('tasks run where no secret of a server is: each agent has a container, a volume and an environment of its own', async (t) => {
  const volumeOf = ({ volumes = [] }: Service): (string | undefined)[] => volumes.map((volume) => volume.split(':')[0]);
  const agents = ours.filter(([, service]) => isAgent(service));
  const servers = ours.filter(([, service]) => !isAgent(service));
  for (const [name, { environment = {} }] of servers) t.equal(readSettings(environment).embeddedAgent, false, `${name} starts no tasks itself`);
  for (const profile of ['core', 'production'])
    t.ok(
      agents.some(([, { profiles = [] }]) => profiles.includes(profile)),
      `${profile} has an agent`,
    );
  for (const [name, service] of agents) {
    for (const secret of ['MUSTER_JWT_SECRET', 'MUSTER_DATA_KEY', 'MUSTER_ADMIN_PASSWORD', 'MUSTER_MONGODB_URL', 'MUSTER_EVENTSTORE_URL'])
      t.notOk(secret in (service.environment ?? {}), `${name} knows no ${secret}`);
    for (const [server, other] of servers)
      t.same(
        volumeOf(service).filter((volume) => volumeOf(other).includes(volume)),
        [],
        `${name} shares no volume with ${server}`,
      );
  }
});

/** Where a service listens, by its own configuration. */
function portOf(name: string, { environment = {}, command = [] }: Service): number[] {
  if (name === 'eventstore') return [Number(environment['EVENTSTORE_NODE_PORT'])];
  if (name === 'nats') return [Number(command[command.indexOf('--port') + 1])];
  // MongoDB's own default; nothing here changes it.
  if (name === 'mongodb') return [27017];
  if (name === 'prometheus') return [9090];
  return [Number(environment['MUSTER_AGENT_PORT'] ?? environment['MUSTER_PORT'] ?? defaults.get('MUSTER_PORT'))];
}

function shareNetwork(one: Service | undefined, other: Service | undefined): boolean {
  return (one?.networks ?? []).some((network) => other?.networks?.includes(network) === true);
}

void t.test('every service has a health check, and ours ask paths that there are', async (t) => {
  const { app } = await openTestApi(t);
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  const stop = new AbortController();
  const agent = await runAgent(agentOptions({ dataDir: ownFolder(t), serverUrl: peer.url }), stop.signal);
  for (const [name, { healthcheck }] of services) t.ok((healthcheck?.test.length ?? 0) > 1, name);
  for (const [name, service] of ours) {
    const [, port, path = ''] = /http:\/\/127\.0\.0\.1:(\d+)(\/\w+)/.exec(service.healthcheck?.test.join(' ') ?? '') ?? [];
    t.equal(Number(port), portOf(name, service)[0], `${name} is asked at its port`);
    if (isAgent(service)) t.not((await fetch(`${agent.url}${path}`)).status, 404, `the agent has ${path}`);
    else t.equal((await app.inject({ method: 'GET', url: path })).statusCode, 200, `the server has ${path}`);
  }
  stop.abort();
  await agent.finished;
});

/** What an agent needs for users of tenants, their folders and their ends. */
const AGENT_CAPABILITIES = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'KILL', 'SETGID', 'SETUID'];

void t.test('no container but the agents’ runs as root or can become it, and ours cannot write but where they should', async (t) => {
  for (const [name, service] of services) {
    const { user, cap_drop, cap_add, security_opt } = service;
    t.same(cap_add, isAgent(service) ? AGENT_CAPABILITIES : undefined, name);
    if (isAgent(service)) t.equal(user, 'root', `${name} gives each tenant a user`);
    else t.match(user, /^(node|nobody|[1-9]\d*:[1-9]\d*)$/, `${name} runs as ${user}`);
    t.same(cap_drop, ['ALL'], name);
    t.same(security_opt, ['no-new-privileges:true'], name);
  }
  for (const [name, { read_only, volumes = [], environment = {}, command = [] }] of ours) {
    t.equal(read_only, true, name);
    t.ok(
      volumes.some((volume) => volume.endsWith(':/data')),
      `${name} keeps its data in a volume`,
    );
    const startsTasks = command.includes('agent') || readSettings(environment).embeddedAgent;
    if (startsTasks) t.equal(file.services[name]?.init, true, `${name}: an init collects what tasks leave behind`);
  }
  const named = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0] ?? '')).filter((volume) => !volume.startsWith('.'));
  t.same(Object.keys(file.volumes).sort(), [...new Set(named)].sort(), 'every volume is declared and used');
});

void t.test('the profiles are what they are said to be', async (t) => {
  const of = (profile: string): string[] => services.filter(([, { profiles = [] }]) => profiles.includes(profile)).map(([name]) => name);
  t.same(of('core'), ['core', 'core-agent']);
  t.same(of('production'), ['server-1', 'server-2', 'agent', 'eventstore', 'mongodb', 'nats']);
  t.same(of('observability'), ['prometheus']);
  t.ok(services.every(([, { profiles = [] }]) => profiles.length === 1));
  const core = readSettings(file.services['core']?.environment ?? {});
  t.match([core.eventStoreUrl, core.mongodbUrl, core.natsUrl, core.embeddedAgent], [undefined, undefined, undefined, false]);
});

void t.test('Prometheus asks the servers that there are, and promtool takes its files', async (t) => {
  const folder = join(ROOT, 'deploy/prometheus');
  const prometheus = parse(readFileSync(join(folder, 'prometheus.yml'), 'utf8')) as { scrape_configs: { static_configs: { targets: string[] }[] }[] };
  for (const target of prometheus.scrape_configs.flatMap(({ static_configs }) => static_configs.flatMap(({ targets }) => targets))) {
    const [name = '', port] = target.split(':');
    t.equal(Number(port), portOf(name, file.services[name] as Service)[0], target);
    t.ok(shareNetwork(file.services[name], file.services['prometheus']), `Prometheus reaches ${name}`);
  }
  if (!required(t, spawnSync('promtool', ['--version']).status === 0, 'promtool (in Debian: package prometheus)')) return;
  const checked = spawnSync('promtool', ['check', 'config', join(folder, 'prometheus.yml')], { encoding: 'utf8' });
  t.equal(checked.status, 0, checked.stderr + checked.stdout);
});

void t.test('the event store sends no telemetry, has bounds, and is asked for its figures', async (t) => {
  const { environment = {}, mem_limit: limit } = file.services['eventstore'] as Service & { readonly mem_limit?: string };
  t.match(environment, { EVENTSTORE_TELEMETRY_OPTOUT: 'true', EVENTSTORE_NODE_PORT: '2113' });
  t.notOk('EVENTSTORE_HTTP_PORT' in environment, 'the deprecated name');
  t.ok(limit);
  t.ok(Number(environment['EVENTSTORE_CHUNKS_CACHE_SIZE']) > 0 && Number(environment['EVENTSTORE_STREAM_INFO_CACHE_CAPACITY']) > 0);
  t.match(readFileSync(join(ROOT, 'deploy/prometheus/prometheus.yml'), 'utf8'), /"eventstore:2113"/);
});

void t.test('every alert on the event store stands on its page', async (t) => {
  const { groups } = parse(readFileSync(join(ROOT, 'deploy/prometheus/eventstore-alerts.yml'), 'utf8')) as { groups: { rules: { alert: string }[] }[] };
  const page = readFileSync(join(ROOT, 'docs/eventstoredb.md'), 'utf8');
  const rules = groups.flatMap((group) => group.rules);
  t.ok(rules.length > 3);
  for (const { alert } of rules) t.ok(page.includes(`| \`${alert}\` |`), alert);
});
