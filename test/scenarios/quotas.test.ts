import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { eventually } from '../fixtures/eventually.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { muster } from '../fixtures/program.js';
import { startServer } from '../fixtures/server.js';
import { TaskAccount } from '../fixtures/task-account.js';

t.setTimeout(600_000);
const password = 'password123';

/** A server that never responds. */
const silent = createServer(() => undefined);
await new Promise<void>((listens) => silent.listen(0, '127.0.0.1', listens));
t.teardown(() => silent.close().closeAllConnections());
const { port } = silent.address() as AddressInfo;

/** Size of the response to `/long`, in bytes. */
const LONG = 8192;
/** Request bodies received by a server that accepts everything. */
const bodies: string[] = [];
const listener = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (text: string) => (body += text));
  request.on('end', () => {
    bodies.push(body);
    response.end(request.url === '/long' ? 'x'.repeat(LONG) : undefined);
  });
});
await new Promise<void>((listens) => listener.listen(0, '127.0.0.1', listens));
t.teardown(() => listener.close().closeAllConnections());
const { port: open } = listener.address() as AddressInfo;

const server = await startServer(t, {
  env: { MUSTER_ADMIN_PASSWORD: password, MUSTER_OPEN_EXECUTION: 'false', MUSTER_QUOTA_SLOTS: '7' },
});
await startAgent(t, server, {
  env: {
    MUSTER_HTTP_ALLOW: `127.0.0.1:${port},127.0.0.1:${open}`,
    MUSTER_AGENT_RESOURCES: 'cpu=4000,memory=8000,slots=10',
  },
});
const root = await TaskAccount.logIn(server.api, 'admin', password);
const env = { MUSTER_SERVER_URL: server.url, MUSTER_TOKEN: root.token };

/** Creates an account that shares no quota with others, as an administrator made it. */
async function account(username: string): Promise<TaskAccount> {
  await root.call('post', '/api/auth/users', { username, password, role: 'user' });
  return await TaskAccount.logIn(server.api, username, password);
}

void t.test(
  'thirty slow calls of one tenant leave slots for others, and waiting runs report the quota as the reason',
  async (t) => {
    const [greedy, modest] = [await account('greedy'), await account('modest')];
    const ids: number[] = [];
    for (let index = 0; index < 30; index += 1) {
      const { id } = await greedy.create({
        name: `slow-${index}`,
        executor: 'http',
        url: `http://127.0.0.1:${port}/`,
        timeout_seconds: 3600,
      });
      await greedy.trigger(id);
      ids.push(id);
    }
    const states = await eventually(
      async () => {
        const runs = await Promise.all(ids.map(async (id) => await greedy.run(id, 1)));
        return runs.every(({ status, reason }) => status === 'running' || reason === 'over_quota')
          ? runs
          : undefined;
      },
      { timeout: 60_000, what: 'runs that are running or wait for the quota' },
    );
    t.equal(
      states.filter(({ status }) => status === 'running').length,
      7,
      'the tenant uses seven of ten slots',
    );
    const other = await modest.create({
      name: 'short',
      executor: 'http',
      url: `http://127.0.0.1:${port}/`,
      timeout_seconds: 1,
    });
    await modest.trigger(other.id);
    await modest.is(other.id, 1, 'timeout');

    const told = await muster(['events', '--type', 'QuotaExceeded', '-o', 'json'], env);
    t.match(told, { code: 0, stdout: /"quota":\s*"slots"/ }, 'an event records that the quota was exceeded');
    const waiting = ids[states.findIndex(({ reason }) => reason === 'over_quota')];
    const job = await muster(['job', 'status', `task.${waiting}.1`], env);
    t.match(job, { code: 0, stdout: /quota slots of its tenant: 7 of 7/ });
  },
);

void t.test(
  'a tenant reads its own usage, and an operator reads that of all tenants and changes a limit',
  async (t) => {
    const greedy = await TaskAccount.logIn(server.api, 'greedy', password);
    const own = await muster(['quota', 'show', '-o', 'json'], { ...env, MUSTER_TOKEN: greedy.token });
    t.equal(own.code, 0, own.stderr);
    const quotas = JSON.parse(own.stdout) as {
      quota: string;
      of: string;
      holder: string;
      used: number;
      limit: number | null;
      rule: string;
    }[];
    const slots = quotas.find(({ quota, of }) => quota === 'slots' && of === 'tenant');
    t.match(slots, { used: 7, limit: 7, rule: '7' });
    t.match(
      quotas.find(({ quota, of }) => quota === 'tasks' && of === 'tenant'),
      { used: 30, limit: 1000 },
    );
    const tenant = slots?.holder ?? '';

    t.match(
      await muster(['quota', 'list'], { ...env, MUSTER_TOKEN: greedy.token }),
      { code: 1 },
      'only administrators see other tenants',
    );
    const all = await muster(['quota', 'list'], env);
    t.match(all.stdout, new RegExp(`tenant +${tenant} +slots +7 +7 +7 `));
    t.match(await muster(['quota', 'set', tenant, 'slots', '101%'], env), {
      code: 1,
      stderr: /limit: must be a whole number, a share/,
    });
    t.match(await muster(['quota', 'set', tenant, 'slots', '9'], env), {
      code: 0,
      stdout: `quota slots of tenant ${tenant}: 9`,
    });
    await eventually(
      async () =>
        (await muster(['quota', 'list', '--tenant', tenant], env)).stdout.match(/slots +9 +9 +9 +slots/) !==
        null,
      {
        timeout: 30_000,
        what: 'two more runs',
      },
    );
    t.match(await muster(['quota', 'set', tenant, 'tasks', '30'], env), { code: 0 });
    const refused = await greedy.call('post', '/api/tasks', {
      name: 'one more',
      executor: 'http',
      url: 'https://example.com/',
    });
    t.match(refused, {
      status: 403,
      body: { message: 'over the quota tasks of your tenant: 30 of 30 are used' },
    });
    t.match(await muster(['events', '--type', 'QuotaRefused', '-o', 'json'], env), {
      code: 0,
      stdout: /"quota":\s*"tasks"/,
    });
    t.match(await muster(['quota', 'reset', tenant, 'tasks'], env), {
      code: 0,
      stdout: `quota tasks of tenant ${tenant}: 1000`,
    });
  },
);

void t.test(
  'a long body and a long command are in the log only once, however often their tasks run',
  async (t) => {
    const body = 'b'.repeat(60_000);
    const call = await root.create({
      name: 'call',
      executor: 'http',
      url: `http://127.0.0.1:${open}/`,
      method: 'POST',
      body,
    });
    const command = `true ${'c'.repeat(30_000)}; test "$PLACE" = here`;
    const shell = await root.create({ name: 'long-command', command, environment: { PLACE: 'here' } });
    for (const { id } of [call, shell]) {
      for (let run = 1; run <= 3; run += 1) {
        await root.trigger(id);
        await root.is(id, run, 'success');
      }
    }
    t.same(bodies, [body, body, body]);
    const { stdout, stderr, code } = await muster(
      ['events', '--type', 'JobSubmitted', '--last', '1000', '-o', 'json'],
      env,
    );
    t.equal(code, 0, stderr);
    const submitted = stdout
      .split('\n')
      .filter((line) => line.includes(`"task.${call.id}.`) || line.includes(`"task.${shell.id}.`));
    t.equal(submitted.length, 6);
    for (const line of submitted) t.ok(line.length < 2000, `an event of ${line.length} characters`);
  },
);

void t.test(
  'what agents and the scheduler write for a run counts as bytes of its owner in the log',
  async (t) => {
    await server.api.post('/api/auth/register', { username: 'answered', password });
    const answered = await TaskAccount.logIn(server.api, 'answered', password);
    const usedBytes = async (): Promise<number> => {
      const { stdout } = await muster(['quota', 'show', '-o', 'json'], {
        ...env,
        MUSTER_TOKEN: answered.token,
      });
      const all = JSON.parse(stdout) as { quota: string; of: string; holder: string; used: number }[];
      const of = (kind: string): number =>
        all.find((each) => each.quota === 'log_bytes_per_day' && each.of === kind)?.used ?? 0;
      t.equal(of('account'), of('tenant'));
      const group = all.find(
        ({ quota, holder }) => quota === 'log_bytes_per_day' && holder === 'self-registered',
      );
      t.ok((group?.used ?? 0) >= of('account'), 'the self-registered accounts have used at least as much');
      return of('account');
    };
    const { id } = await answered.create({
      name: 'long',
      executor: 'http',
      url: `http://127.0.0.1:${open}/long`,
    });
    const before = await usedBytes();
    for (let run = 1; run <= 3; run += 1) {
      await answered.trigger(id);
      await answered.is(id, run, 'success');
    }
    await eventually(async () => (await usedBytes()) - before >= 3 * LONG, {
      timeout: 30_000,
      what: 'the responses of three runs, counted as bytes in the log',
    });
  },
);

void t.test(
  'a tenant that has used up its bytes in the log is refused with 429, and its slots are skipped with the reason',
  async (t) => {
    const wordy = await account('wordy');
    const { id } = await wordy.create({
      name: 'each second',
      executor: 'http',
      url: `http://127.0.0.1:${open}/`,
      schedule: '* * * * * *',
    });
    const own = await muster(['quota', 'show', '-o', 'json'], { ...env, MUSTER_TOKEN: wordy.token });
    const quotas = JSON.parse(own.stdout) as {
      quota: string;
      of: string;
      holder: string;
      used: number;
      limit: number;
    }[];
    const log = quotas.find(({ quota, of }) => quota === 'log_bytes_per_day' && of === 'tenant');
    t.equal(log?.limit, 1024 ** 3);
    const tenant = log?.holder ?? '';
    t.match(await muster(['quota', 'set', tenant, 'log_bytes_per_day', '1000'], env), { code: 0 });
    const skipped = await eventually(
      async () =>
        (await wordy.runs(id, '?status=skipped')).find(({ reason }) => String(reason) === 'over_quota'),
      {
        timeout: 30_000,
        what: 'a skipped slot',
      },
    );
    t.ok(skipped);
    const refused = await wordy.call('post', `/api/tasks/${id}/trigger`);
    t.match(refused, {
      status: 429,
      body: { message: /over the quota log_bytes_per_day of your tenant: .+ of 1,000 bytes are used/ },
    });
    t.ok(Number(refused.headers['retry-after']) > 0);
    t.match(await muster(['quota', 'list', '--tenant', tenant], env), {
      code: 0,
      stdout: /log_bytes_per_day +[\d.,]+ \S+ +1,000 bytes +1000 +bytes/,
    });
    t.equal((await wordy.call('delete', `/api/tasks/${id}`)).status, 204, 'a deletion is accepted');
  },
);

void t.test('after these tests all invariants hold', async (t) => {
  await invariantsHold(t, server);
});
