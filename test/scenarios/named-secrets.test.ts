import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { readRecorded } from '../fixtures/event-log.js';
import { ownFolder } from '../fixtures/folder.js';
import { MUSTER, Program, muster } from '../fixtures/program.js';
import { atTerminal } from '../fixtures/terminal.js';
import { startServer } from '../fixtures/server.js';
import { TaskAccount } from '../fixtures/task-account.js';

t.setTimeout(600_000);

const VALUE = 'kept-to-ourselves-4711';
const NEXT = 'another-of-the-kind-0815';
const KEY = '-----BEGIN KEY-----\nline of a key 1234\n-----END KEY-----\n';
const password = 'password123';
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
const HASHES = 'printf %s "$PW" | sha256sum';

void t.test(
  "a run gets the values of its tenant's secrets at its start, even after a crash, and nothing else reveals them",
  async (t) => {
    const folder = ownFolder(t);
    const heard: (string | undefined)[] = [];
    const site = createServer((request, response) => {
      heard.push(request.headers.authorization);
      response.end('ok');
    }).listen(0, '127.0.0.1');
    await once(site, 'listening');
    t.teardown(() => site.close());
    const { port } = site.address() as AddressInfo;

    const server = await startServer(t, {
      dataDir: join(folder, 'server'),
      env: { MUSTER_ADMIN_PASSWORD: password, MUSTER_LOG_LEVEL: 'trace' },
    });
    const agent = await startAgent(t, server, {
      dataDir: join(folder, 'agent'),
      env: { MUSTER_LOG_LEVEL: 'trace', MUSTER_HTTP_ALLOW: `127.0.0.1:${port}` },
    });
    const root = await TaskAccount.logIn(server.api, 'admin', password);
    const account = async (username: string, tenant: string): Promise<TaskAccount> => {
      await server.api.post(
        '/api/auth/users',
        { username, password, role: 'user', tenant_id: tenant },
        { headers: root.headers },
      );
      return await TaskAccount.logIn(server.api, username, password);
    };
    const [ann, ben] = [await account('ann', 'a'), await account('ben', 'b')];
    const env = { MUSTER_SERVER_URL: server.url, MUSTER_TOKEN: ann.token };

    // A missing secret is reported at once.
    const early = join(folder, 'early.json');
    writeFileSync(
      early,
      JSON.stringify({
        name: 'early',
        executor: 'shell',
        command: 'true',
        environment: { PW: { secret: 'pw' } },
      }),
    );
    t.match(await muster(['task', 'create', '-f', early], env), {
      code: 0,
      stderr: /^early: Task created, but secrets are missing: pw/,
    });
    const late = join(folder, 'late.json');
    writeFileSync(
      late,
      JSON.stringify({
        name: 'late',
        executor: 'shell',
        command: 'true',
        environment: { PW: { secret: 'pw' } },
      }),
    );
    t.match(await muster(['task', 'apply', '-f', late, '--yes'], env), {
      code: 0,
      stderr: /late: Task created, but secrets are missing: pw/,
    });
    for (const name of ['early', 'late'])
      t.match(await muster(['task', 'delete', name, '--yes'], env), { code: 0 });

    // The command line accepts a value from standard input or from a file.
    const set = Program.start({
      command: process.execPath,
      args: [MUSTER, 'secret', 'set', 'pw'],
      env,
      input: `${VALUE}\n`,
    });
    t.match(await set.exited, { code: 0 }, set.tail());
    // At a terminal, the command prompts for the value and does not echo it.
    const typed = async (keys: string) =>
      await atTerminal({ command: process.execPath, args: [MUSTER, 'secret', 'set', 'typed'], env, keys });
    const unseen = await typed('typed-at-a-terminal-2357\r');
    t.equal(unseen.code, 0, unseen.seen);
    t.match(unseen.seen, /^Value of typed: \r?\n[^]*typed +1/);
    t.notMatch(unseen.seen, 'typed-at-a-terminal');
    const stopped = await typed('half-of-it\u0003');
    t.match(stopped, { code: 130, seen: /interrupted; nothing was sent/ });
    t.notMatch(stopped.seen, 'half-of-it');
    t.match(await typed('\r'), { code: 1, seen: /the value of typed is empty; nothing was sent/ });
    t.match(await typed('\u0004'), { code: 1, seen: /standard input is empty/ });
    const empty = Program.start({
      command: process.execPath,
      args: [MUSTER, 'secret', 'set', 'typed'],
      env,
      input: '',
    });
    t.match(await empty.exited, { code: 1 }, empty.tail());
    t.match(empty.tail(), /the value of typed is empty/);
    t.match(
      await muster(['secret', 'list'], env),
      { code: 0, stdout: /typed +1 / },
      'the secret is unchanged',
    );
    t.match(await muster(['secret', 'remove', 'typed'], env), { code: 0 });
    const file = join(folder, 'key.pem');
    writeFileSync(file, KEY);
    t.match(await muster(['secret', 'set', 'key', '--file', file], env), {
      code: 0,
      stdout: /^SECRET[^]*key/,
    });
    t.match(await muster(['secret', 'list'], env), { code: 0, stdout: /key +1[^]*pw +1/ });
    t.equal((await ben.call('put', '/api/secrets/pw', { value: 'of another tenant' })).status, 200);

    const environment = { PW: { secret: 'pw' }, KEY: { secret: 'key' }, PLAIN: 'p' };
    const files = join(folder, 'tasks.yaml');
    writeFileSync(
      files,
      `name: uses\nexecutor: shell\ncommand: '${HASHES}; printf %s "$KEY" | sha256sum; echo $PLAIN'\nenvironment: {PW: {secret: pw}, KEY: {secret: key}, PLAIN: p}\n`,
    );
    t.match(await muster(['task', 'apply', '-f', files, '--yes'], env), { code: 0 });
    t.match(
      await muster(['task', 'apply', '-f', files, '--dry-run'], env),
      { code: 0 },
      'after an apply nothing differs from the file',
    );
    const id = (await ann.call<{ id: number }[]>('get', '/api/tasks')).body.data[0]?.id ?? 0;
    t.same((await ann.task(id)).environment, environment);
    const output = async (run: number): Promise<string> => (await ann.is(id, run, 'success')).output ?? '';
    await ann.trigger(id);
    t.equal(await output(1), `${digest(VALUE)}  -\n${digest(KEY)}  -\np\n`);

    const of = await ben.create({ name: 'uses', command: HASHES, environment: { PW: { secret: 'pw' } } });
    await ben.trigger(of.id);
    t.equal((await ben.is(of.id, 1, 'success')).output, `${digest('of another tenant')}  -\n`);

    const call = await ann.create({
      name: 'call',
      executor: 'http',
      url: `http://127.0.0.1:${port}/`,
      headers: { Accept: 'text/plain', Authorization: { secret: 'pw' } },
    });
    await ann.trigger(call.id);
    await ann.is(call.id, 1, 'success');
    t.same(heard, [VALUE]);

    // A new value applies from the next attempt on, even if the server is killed before that.
    t.equal((await ann.call('put', '/api/secrets/pw', { value: NEXT })).status, 200);
    await ann.trigger(id);
    await server.kill();
    await server.start();
    t.match(await output(2), digest(NEXT));
    await ann.trigger(id, { environment: { PW: 'instead' } });
    t.match(await output(3), digest('instead'));
    t.equal((await ann.call('post', `/api/tasks/${id}/runs/3/rerun`)).status, 201);
    t.match(await output(4), digest('instead'));
    await ann.trigger(id, { environment: { PLAIN: { secret: 'pw' } } });
    t.match(await output(5), `${NEXT}\n`, 'a task that refers to a secret can print it');
    const printed = 5;

    // A header must be a single line. Otherwise the run fails, and its message contains the name of the header.
    await ann.call('put', `/api/tasks/${call.id}`, { headers: { Authorization: { secret: 'key' } } });
    await ann.trigger(call.id);
    t.match(await ann.is(call.id, 2, 'failed'), { reason: 'not_started', message: /header Authorization/ });

    const removed = await muster(['secret', 'remove', 'pw'], env);
    t.match(removed, { code: 0, stdout: new RegExp(`Task ${id} .*refers to it`) });
    await ann.call('put', `/api/tasks/${id}`, { retry_count: 3 });
    await ann.trigger(id);
    t.match(await ann.is(id, 6, 'failed'), {
      reason: 'secret_missing',
      message: 'the tenant has no secret pw',
      attempt: 1,
      worker: null,
      exit_code: null,
    });
    t.match(await muster(['task', 'why', 'uses'], env), {
      code: 0,
      stdout: /secret_missing[^]*no secret pw/,
    });
    await ann.call('put', '/api/secrets/pw', { value: VALUE });
    await ann.trigger(id);
    t.match(await output(7), digest(VALUE));

    const secrets = [VALUE, NEXT, 'line of a key 1234', 'of another tenant'];
    const nowhere = (where: string, text: string | Buffer): void => {
      const found = secrets.filter((each) => text.includes(each));
      t.same(found, [], where);
    };
    for (const path of ['', `/${id}`, `/${id}/runs`, `/${id}/runs/7`])
      nowhere(path, (await server.api.get(`/api/tasks${path}`, { headers: ann.headers })).text);
    for (const path of ['/api/secrets', '/api/secrets/pw'])
      nowhere(path, (await server.api.get(path, { headers: ann.headers })).text);
    for (const path of ['/audit/events', '/metrics', `/jobs/task.${id}.7`, `/jobs/task.${call.id}.2`]) {
      const { status, text } = await server.api.get(path, { headers: root.headers });
      t.equal(status, 200, path);
      nowhere(path, text);
    }
    t.match((await ann.run(id, printed)).output, NEXT, 'the tenant can read what its task prints');
    await agent.stop();
    await server.stop();
    nowhere(
      'logs',
      [server, agent].flatMap(({ program }) => [...program.stdout, ...program.stderr]).join('\n'),
    );
    nowhere(
      'events',
      (await readRecorded(server)).map(({ data, metadata }) => `${data}${metadata}`).join('\n'),
    );
    for (const name of readdirSync(server.dataDir, { recursive: true, encoding: 'utf8' })) {
      const path = join(server.dataDir, name);
      if (statSync(path).isFile()) nowhere(name, readFileSync(path));
    }
  },
);
