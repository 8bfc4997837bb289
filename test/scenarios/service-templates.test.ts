import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { startAgent, type AgentProcess } from '../fixtures/agent.js';
import { dockerdMissing, startDockerd } from '../fixtures/dockerd.js';
import { blocksOf, exitOf, plain } from '../docs/page.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { MUSTER, runToEnd } from '../fixtures/program.js';
import { required } from '../fixtures/requirement.js';
import {
  importPostgresql,
  importRedis,
  PSQL,
  REDIS_CLI,
  serverImagesMissing,
} from '../fixtures/server-images.js';
import { startServer, type Server } from '../fixtures/server.js';
import { ServicesUser } from '../fixtures/services-user.js';

t.setTimeout(900_000);

const run = promisify(execFile);

/** Runs a command of a real client against a service, with the connection string that Muster shows. */
type Client = (connection: string, ...words: readonly string[]) => Promise<string>;

const redis: Client = async (connection, ...words) => {
  const { stdout } = await run(REDIS_CLI, ['--no-auth-warning', '-e', '-u', connection, ...words], {
    timeout: 10_000 * PATIENCE,
  });
  return stdout.trim();
};

const sql: Client = async (connection, ...words) => {
  const { stdout } = await run(
    PSQL,
    ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', connection, '-c', words.join(' ')],
    {
      timeout: 10_000 * PATIENCE,
      env: { PGCONNECT_TIMEOUT: String(5 * PATIENCE) },
    },
  );
  return stdout.trim();
};

/** Properties of a template: the commands of its clients, and settings that differ between two versions. */
interface Kind {
  readonly template: string;
  readonly client: Client;
  readonly first: object;
  readonly second: object;
  /** Command that reads the setting which `first` and `second` change, and its result for each. */
  readonly setting: readonly [ask: readonly string[], first: string, second: string];
  readonly write: (line: string) => readonly string[];
  readonly written: readonly string[];
  /** Command whose result differs for every process of the service. */
  readonly process: readonly string[];
  readonly prepare?: readonly string[];
}

const KINDS: readonly Kind[] = [
  {
    template: 'redis',
    client: redis,
    first: { custom_variables: { MAX_MEMORY_MB: 64 } },
    second: { custom_variables: { MAX_MEMORY_MB: 32 } },
    setting: [
      ['config', 'get', 'maxmemory'],
      `maxmemory\n${64 * 1024 * 1024}`,
      `maxmemory\n${32 * 1024 * 1024}`,
    ],
    write: (line) => ['rpush', 'lines', line],
    written: ['lrange', 'lines', '0', '-1'],
    process: ['eval', "return string.match(redis.call('info', 'server'), 'run_id:(%w+)')", '0'],
  },
  {
    template: 'postgresql',
    client: sql,
    first: {
      custom_variables: {
        DB_USER: 'shop owner',
        DB_PASSWORD: `it's {{a}} "p%40ss"/word`,
        DB_NAME: 'orders "of" today',
      },
    },
    second: {
      custom_variables: { DB_USER: 'shop owner', DB_NAME: 'orders "of" today' },
      args: ['postgres', '-c', 'max_connections=17'],
    },
    setting: [['SHOW max_connections'], '100', '17'],
    prepare: ['CREATE TABLE lines (line text)'],
    write: (line) => [`INSERT INTO lines VALUES ('${line}')`],
    written: ['SELECT line FROM lines'],
    process: ['SELECT pg_postmaster_start_time()'],
  },
];

void t.test('services from the built-in Redis and PostgreSQL templates keep their data', async (t) => {
  const missing = dockerdMissing() ?? serverImagesMissing();
  if (!required(t, missing === undefined, missing ?? '')) return;
  const dockerd = await startDockerd();
  t.teardown(() => dockerd.stop());
  const folder = ownFolder(t);
  const server = await startServer(t, { dataDir: join(folder, 'server') });
  const [agent] = await Promise.all([
    startAgent(t, server, { dataDir: join(folder, 'agent'), env: { DOCKER_HOST: dockerd.host } }),
    importRedis(dockerd),
    importPostgresql(dockerd),
  ]);
  const cleo = await ServicesUser.register(server.api, 'cleo');
  const killed = killedOnce(agent, KINDS.length);
  await Promise.all(KINDS.map(async (kind) => await story(t, cleo, kind, killed)));
  for (const container of await dockerd.docker.listContainers()) {
    const { Titles, Processes } = (await dockerd.docker.getContainer(container.Id).top()) as {
      Titles: string[];
      Processes: string[][];
    };
    const users = Processes.map((process) => process[Titles.indexOf('UID')] ?? '');
    t.notMatch(users, ['root'], `${container.Image}: its server does not run as root`);
  }
  await Promise.all(
    ['By the command line', 'By curl'].map(async (heading) => await walk(t, server, heading)),
  );
  await invariantsHold(t, server);
});

/** Kills and restarts the agent once, when all stories have reached this point. */
function killedOnce(agent: AgentProcess, stories: number): () => Promise<void> {
  let [come, done] = [0, (): void => undefined];
  const over = new Promise<void>((resolve) => (done = resolve));
  return async () => {
    come += 1;
    if (come === stories) {
      await agent.kill();
      await agent.start();
      done();
    }
    await over;
  };
}

async function story(
  t: Test,
  cleo: ServicesUser,
  kind: Kind,
  agentKilled: () => Promise<void>,
): Promise<void> {
  const { template, client, setting, write, written, process } = kind;
  const [asked, before, after] = setting;
  const update = { min_healthy_seconds: 1 };
  const config = { nomad_job_file: `${template}.nomad`, update };
  const made = await cleo.post('/services', {
    name: `my ${template}`,
    type: template,
    config: { ...config, ...kind.first },
  });
  t.equal(made.status, 201, made.text);
  const { id } = made.body;
  const path = `/services/${id}`;
  t.equal(made.body.connection_string, null, 'there is no connection string yet');

  const say = async (...words: readonly string[]): Promise<string> =>
    await client((await cleo.get(path)).connection_string ?? '', ...words);
  /** Waits until the service responds, because its container may start before it listens. */
  const answers = async (expected: readonly string[], what: string): Promise<void> => {
    const lines = await eventually(async () => await say(...written), {
      what: `${template}: ${what}`,
      timeout: 30_000,
    });
    t.strictSame(lines.split('\n'), expected, `${template}: ${what}`);
  };

  t.equal((await cleo.post(`${path}/start`)).status, 200);
  t.match(await cleo.settled(id, 1), { status: 'completed', reason: { code: 'healthy' } });
  const { connection_string: connection } = await cleo.get(path);
  if (kind.prepare !== undefined) await say(...kind.prepare);
  await say(...write('one'));
  t.equal(await say(...asked), before);
  await t.rejects(
    client((connection ?? '').replace(/:[^:@/]*@/, ':wrong@'), ...written),
    /WRONGPASS|password/,
    `${template}: a wrong password is refused`,
  );

  t.equal((await cleo.put(path, { config: { ...config, ...kind.second } })).status, 200);
  t.match(await cleo.settled(id, 2), { status: 'completed', because: 'updated' });
  t.equal(await say(...asked), after, `${template}: the second version runs`);
  t.equal(
    (await cleo.get(path)).connection_string,
    connection,
    `${template}: the connection string is unchanged`,
  );
  await answers(['one'], 'after an update');

  await say(...write('two'));
  const updated = await say(...process);
  t.equal((await cleo.post(`${path}/restart`)).status, 200);
  await eventually(async () => (await say(...process)) !== updated, {
    what: `${template}: the restart`,
    timeout: 30_000,
  });
  await answers(['one', 'two'], 'after a restart');

  await say(...write('three'));
  const restarted = await say(...process);
  await agentKilled();
  await answers(['one', 'two', 'three'], 'after its node’s agent was killed');
  t.equal(await say(...process), restarted, `${template}: the service survives the kill of its agent`);

  t.equal((await cleo.post(`${path}/rollback`, { version: 1 })).status, 200);
  t.match(await cleo.settled(id, 3), { status: 'completed', because: 'rolled_back' });
  t.equal(await say(...asked), before, `${template}: the first version runs again`);
  t.equal((await cleo.get(path)).connection_string, connection);
  await answers(['one', 'two', 'three'], 'after it was rolled back');
}

const PAGE = 'docs/postgresql.md';
const BETWEEN = '\u001e';

/** Runs the commands under a heading of the page, unchanged, in one shell. */
async function walk(t: Test, server: Server, heading: string): Promise<void> {
  const blocks = blocksOf(PAGE, heading);
  const commands = blocks.flatMap((block) => block.commands);
  t.ok(commands.length > 10, `${heading}: ${commands.length} commands`);
  // A user would be prompted for the password. Here it comes from standard input.
  const npx = 'npx() { shift; echo "password of the page" | "$NODE" "$MUSTER" "$@"; }';
  const steps = commands.map(
    (command) =>
      `${command.replaceAll('http://127.0.0.1:8080', server.url)}\nprintf '${BETWEEN}%s${BETWEEN}' "$?"`,
  );
  const env = { HOME: ownFolder(t), MUSTER_SERVER_URL: server.url, NODE: process.execPath, MUSTER };
  const { stdout, stderr } = await runToEnd({
    command: 'bash',
    args: ['-c', [npx, 'cd', ...steps].join('\n')],
    env,
  });
  const printed = stdout.split(BETWEEN);
  for (const [index, command] of commands.entries())
    t.equal(
      Number(printed[2 * index + 1]),
      exitOf(command),
      `${command}: ${printed[2 * index] ?? ''}${stderr}`,
    );
  let done = 0;
  for (const { commands: some, shown } of blocks) {
    const lines = printed
      .slice(2 * done, 2 * (done + some.length))
      .flatMap((text, at) => (at % 2 === 0 ? text.split('\n').map(plain) : []));
    for (const line of shown)
      t.ok(lines.includes(plain(line)), `${some.join('; ')} prints ${line}`, { lines });
    done += some.length;
  }
  if (heading === 'By the command line') {
    const [before = '', code, after = ''] = printed.slice(
      2 * commands.findIndex((command) => command.includes('--deployment')),
    );
    t.match(
      before,
      'invalid value for parameter "max_connections": "many"',
      'the log of a failed deployment can be read while another one serves',
      { code, after },
    );
    t.match(
      stderr,
      /deployment 4 failed: .*\nDeployment 5 reverts it as version 5; see .*\nLogs: muster service logs orders --deployment 4/,
    );
  }
}
