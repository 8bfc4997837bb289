import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { startAgent, type AgentProcess } from '../fixtures/agent.js';
import { readRecorded } from '../fixtures/event-log.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { MUSTER, Program } from '../fixtures/program.js';
import { startServer, type Server } from '../fixtures/server.js';

const PASSWORD = 'kept-to-myself-1234';
const ADMIN_PASSWORD = 'administrators-own-5678';
const JOIN_TOKEN = 'join-token-that-nobody-reads';
const ENVIRONMENT = 'value-of-an-environment';
const OPERATOR_KEY = 'operators-own-key-4711';
const NEW_PASSWORD = 'another-of-the-kind-90';
t.setTimeout(600_000);

interface Secret {
  readonly what: string;
  readonly text: string;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true);
}

/** Returns the command lines of a process and its descendants. */
function commandLines(pid: number): string[] {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const parent = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1]);
        return [
          {
            pid: Number(name),
            parent,
            line: readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' '),
          },
        ];
      } catch {
        return [];
      }
    });
  const ours = new Set([pid]);
  for (let grown = true; grown;) {
    grown = false;
    for (const each of processes) {
      if (ours.has(each.parent) && !ours.has(each.pid)) grown = ours.add(each.pid).size > 0;
    }
  }
  return processes.filter((each) => ours.has(each.pid)).map(({ line }) => line);
}

/** Returns the responses to every GET whose path has no parameters. */
async function allAnswers(
  server: Server,
  headers: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, string>> {
  const answers = new Map<string, string>();
  for (const surface of ['cluster', 'gpu', 'audit']) {
    const { paths } = (await server.api.get<{ paths: Record<string, object> }>(`/openapi/${surface}.json`))
      .body;
    for (const [path, operations] of Object.entries(paths))
      if ('get' in operations && !path.includes('{')) answers.set(path, '');
  }
  for (const path of ['/metrics', '/livez', '/readyz?verbose']) answers.set(path, '');
  for (const path of answers.keys()) answers.set(path, (await server.api.get(path, { headers })).text);
  return answers;
}

function nowhere(t: Test, where: string, content: string | Buffer, secrets: readonly Secret[]): void {
  const found = secrets.filter(({ text }) => content.includes(text)).map(({ what }) => what);
  t.same(found, [], where);
}

void t.test(
  'no log, error, response, file or argument contains passwords, hashes, tokens, keys or environments',
  async (t) => {
    const folder = ownFolder(t);
    const loud = { MUSTER_LOG_LEVEL: 'trace', MUSTER_JOIN_TOKEN: JOIN_TOKEN };
    const server = await startServer(t, {
      dataDir: join(folder, 'server'),
      env: {
        ...loud,
        MUSTER_ADMIN_USERNAME: 'root',
        MUSTER_ADMIN_PASSWORD: ADMIN_PASSWORD,
        MUSTER_API_KEYS: OPERATOR_KEY,
      },
    });
    const agent: AgentProcess = await startAgent(t, server, { dataDir: join(folder, 'agent'), env: loud });
    const { api } = server;
    const logIn = async (username: string, password: string): Promise<string> =>
      (await api.post<{ token: string }>('/api/auth/login', { username, password })).body.token;
    const errors: string[] = [];

    t.equal((await api.post('/api/auth/register', { username: 'ann', password: PASSWORD })).status, 201);
    const token = await logIn('ann', PASSWORD);
    const admin = await logIn('root', ADMIN_PASSWORD);
    const bearer = (credential: string): { headers: { authorization: string } } => ({
      headers: { authorization: `Bearer ${credential}` },
    });
    const issued = (
      await api.post<{ api_key: string }>('/api/auth/api-keys', { name: 'ci', scopes: ['*'] }, bearer(admin))
    ).body.api_key;
    for (const key of [issued, OPERATOR_KEY])
      t.equal((await api.get('/api/auth/me', bearer(key))).status, 200);

    // Requests that contain a secret by mistake.
    const mistakes: readonly (readonly [string, unknown, number])[] = [
      ['/api/auth/login', { username: PASSWORD, password: 'x' }, 401],
      ['/api/auth/login', { username: 'ann', password: NEW_PASSWORD }, 401],
      ['/api/auth/login', `{"username":"ann","password":"${PASSWORD}"`, 400],
      ['/api/auth/login', { username: 'ann', password: [PASSWORD] }, 400],
      ['/api/auth/login', { username: 'ann', password: PASSWORD, token }, 400],
      ['/api/auth/register', { username: 'bob', password: `${PASSWORD}${'x'.repeat(200)}` }, 400],
      ['/api/auth/register', { username: 'ann', password: NEW_PASSWORD }, 409],
      ['/api/auth/register', { username: `${PASSWORD} ${PASSWORD}`, password: NEW_PASSWORD }, 400],
      [
        '/jobs',
        { task_groups: [{ name: 'g', tasks: [{ name: 't', config: {}, env: { SECRET: ENVIRONMENT } }] }] },
        400,
      ],
      [
        '/jobs',
        {
          task_groups: [
            {
              name: 'g',
              tasks: [{ name: 't', config: { command: 'true' }, env: { 'NO NAME': ENVIRONMENT } }],
            },
          ],
        },
        400,
      ],
    ];
    for (const [path, body, status] of mistakes) {
      const answer = await api.post(path, body);
      t.equal(answer.status, status, `${path}: ${answer.text}`);
      errors.push(answer.text);
    }
    for (const credential of [
      `${token}x`,
      token.slice(0, -1),
      `${issued}x`,
      `${OPERATOR_KEY}x`,
      PASSWORD,
      JOIN_TOKEN,
    ]) {
      const answer = await api.get('/api/auth/me', bearer(credential));
      t.equal(answer.status, 401);
      errors.push(answer.text);
    }
    t.equal((await api.get(`/nowhere/${PASSWORD}`)).status, 404);

    const environ = join(folder, 'environ');
    await api.submit({
      job_id: 'holds',
      task_groups: [
        {
          name: 'g',
          tasks: [
            {
              name: 't',
              config: { command: `tr '\\0' '\\n' < /proc/self/environ > ${environ}; exec sleep 3600` },
              env: { SECRET: ENVIRONMENT },
            },
          ],
        },
      ],
      constraints: {},
    });
    await api.jobIs('holds', 'running');
    await eventually(() => statSync(environ, { throwIfNoEntry: false })?.size, {
      what: 'the environment of the task',
    });

    // The command line reads passwords from standard input.
    const client = Program.start({
      command: process.execPath,
      args: [MUSTER, 'login', 'root', '--address', server.url],
      env: { HOME: join(folder, 'home'), XDG_CONFIG_HOME: join(folder, 'home') },
      input: `${ADMIN_PASSWORD}\n`,
    });
    const seen = commandLines(client.pid);
    t.match(await client.exited, { code: 0 }, client.tail());

    const text = (file: string): string => readFileSync(file, 'utf8').trim();
    const nodeSecret = text(join(agent.dataDir, 'agent/node-secret'));
    // The server's own two secrets are in private files or in settings.
    const keys = filesBelow(server.dataDir).filter((file) => file.endsWith('.key'));
    const set = ['MUSTER_JWT_SECRET', 'MUSTER_DATA_KEY'].flatMap((name) =>
      server.settings[name] === undefined ? [] : [[name, server.settings[name]] as const],
    );
    t.equal(keys.length + set.length, 2, `${keys.join(' ')} ${set.join(' ')}`);
    for (const file of keys) t.equal(statSync(file).mode & 0o777, 0o600, file);
    const secrets: readonly Secret[] = [
      ...Object.entries({
        password: PASSWORD,
        'administrator’s password': ADMIN_PASSWORD,
        'mistyped password': NEW_PASSWORD,
        'join token': JOIN_TOKEN,
        environment: ENVIRONMENT,
        token,
        'administrator’s token': admin,
        'API key': issued,
        'operator’s key': OPERATOR_KEY,
        'node’s secret': nodeSecret,
        hash: '$argon2',
      }),
      ...keys.map((file) => [file, text(file)] as const),
      ...set,
    ].map(([what, secret]) => ({ what, text: secret }));

    // Only operators get a job as it was submitted, including its environment, which is in no file.
    const echoes = new Set(['/jobs']);
    for (const [path, answer] of await allAnswers(server, bearer(admin).headers))
      nowhere(
        t,
        `GET ${path}`,
        answer,
        secrets.filter(({ what }) => what !== 'environment' || !echoes.has(path)),
      );
    for (const error of errors) nowhere(t, `error ${error}`, error, secrets);
    for (const line of [...seen, ...commandLines(server.pid), ...commandLines(agent.program.pid)])
      nowhere(t, `argument of ${line.slice(0, 40)}`, line, secrets);
    nowhere(
      t,
      'environment of a task',
      text(environ),
      secrets.filter(({ what }) => what !== 'environment'),
    );
    t.match(text(environ), `SECRET=${ENVIRONMENT}`);
    t.equal((await api.delete('/jobs/holds')).status, 200);
    await eventually(
      async () => (await api.node(agent.nodeId)).allocations.every(({ status }) => status !== 'running'),
      { what: 'the end of the task' },
    );
    await agent.stop();
    await server.stop();
    const logs = [...server.program.stdout, ...server.program.stderr];
    t.ok(logs.length > 5, `${logs.length} log lines`);
    nowhere(t, 'log of the server', logs.join('\n'), secrets);
    nowhere(t, 'log of the agent', [...agent.program.stdout, ...agent.program.stderr].join('\n'), secrets);
    nowhere(
      t,
      'events',
      (await readRecorded(server)).map(({ data, metadata }) => `${data}${metadata}`).join('\n'),
      secrets,
    );
    for (const file of filesBelow(server.dataDir))
      nowhere(
        t,
        file,
        readFileSync(file),
        secrets.filter(({ what }) => what !== file),
      );
  },
);
