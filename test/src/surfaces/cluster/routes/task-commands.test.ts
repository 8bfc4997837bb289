import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { createHttpAgentChannel } from '#agents/platform/transport/agent-channel.js';
import { readProcess } from '#agents/drivers/exec/process-table.js';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { firstAdministrator } from '#src/accounts/first-administrator.js';
import { COMMANDS_PER_TENANT } from '#src/features/exec/index.js';
import { order, startPair } from '../../../../agents/support/agent.js';
import { commandContext } from '../../../../fixtures/command-context.js';
import { eventually, PATIENCE } from '../../../../fixtures/eventually.js';
import { failed, place, placed, specified, started } from '../../../../projections/events.js';
import { openTestApi } from '../../../http/support/test-api.js';

t.setTimeout(300_000 * PATIENCE);
const PASSWORD = 'password123';

const pair = await startPair(t);
const channel = createHttpAgentChannel({ requestTimeoutMs: 10_000 * PATIENCE });
const api = await openTestApi(t, {
  agentChannel: channel,
  settings: { testApiKey: 'test-key', joinToken: undefined, host: '0.0.0.0' },
});
t.teardown(() => channel.close());
const { app, say, happened, identity } = api;
await app.listen({ port: 0, host: '127.0.0.1' });
const { port } = app.server.address() as AddressInfo;

await firstAdministrator(
  identity,
  { username: 'root', password: PASSWORD },
  { uuid: () => globalThis.crypto.randomUUID() },
);

interface Account {
  readonly userId: string;
  readonly tenantId: string;
  readonly headers: Readonly<Record<string, string>>;
}

async function bearerOf(username: string): Promise<Account['headers']> {
  const said = await say('POST', '/api/auth/login', { username, password: PASSWORD });
  return { authorization: `Bearer ${(said.json() as { token: string }).token}` };
}

async function account(
  username: string,
  {
    role = 'user',
    execute = true,
    of,
  }: { role?: 'user' | 'auditor' | 'tenant_admin'; execute?: boolean; of?: Account } = {},
): Promise<Account> {
  const { userId, tenantId } = await identity.registrations.register(
    { username, password: PASSWORD, role, execute, ...(of !== undefined && { tenantId: of.tenantId }) },
    commandContext(),
  );
  await api.caughtUp();
  return { userId, tenantId, headers: await bearerOf(username) };
}

const owner = await account('owner');
const admin = await bearerOf('root');

/** A running task, on the real agent. */
async function running(t: Test, command = 'sleep 1000', { tenantId, userId } = owner): Promise<string> {
  const subject = order({ command });
  pair.peer.want(subject);
  t.teardown(() => pair.peer.unwant(subject.allocation_id));
  await pair.peer.reported(subject.allocation_id, 'running');
  const event = specified('JobSubmitted', `task.${subject.job_id}`);
  const at = place(subject.allocation_id, `task.${subject.job_id}`);
  await happened(
    {
      ...event,
      data: { ...event.data, owner: { surface: 'tasks', tenant: tenantId, principal: userId } },
    } as MusterEvent,
    placed(at),
    started(at),
  );
  return subject.allocation_id;
}

await happened({
  type: 'NodeRegistered',
  data: {
    nodeId: 'n1',
    epoch: 1,
    ipAddress: '127.0.0.1',
    healthy: true,
    endpoint: pair.agent.url,
    resources: { cpu: 1000, memory: 1000 },
    attributes: {},
    protocol: 'muster',
  },
} as MusterEvent);

const exec = async (id: string, body: object, { headers }: Pick<Account, 'headers'> = owner) =>
  await say('POST', `/allocations/${id}/exec`, body, headers);
const linesOf = (body: string): Record<string, string | number>[] =>
  body
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, string | number>);

async function recorded(
  id: string,
): Promise<{ readonly type: string; readonly data: Record<string, unknown>; readonly actor: string }[]> {
  await api.caughtUp();
  return (await api.events())
    .filter(({ type, data }) => type.startsWith('TaskCommand') && data.includes(id))
    .map(({ type, data, metadata }) => ({
      type,
      data: JSON.parse(data) as Record<string, unknown>,
      actor: (JSON.parse(metadata) as { actor: string }).actor,
    }));
}

void t.test(
  'runs a command for the owner of a task, and records who ran what, and its exit code',
  async (t) => {
    const id = await running(t);
    const command = ['sh', '-c', 'echo "<b>out</b>\n"; echo secret-output >&2; exit 3'];
    const said = await exec(id, { command });
    t.equal(said.status, 200, said.body);
    t.match(said.headers, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
    const lines = linesOf(said.body);
    t.match(lines[0], { session: String });
    t.same(lines.at(-1), { exit_code: 3 });
    const bytes = (stream: string): string =>
      lines.map((line) => Buffer.from(String(line[stream] ?? ''), 'base64').toString()).join('');
    t.equal(bytes('stdout'), '<b>out</b>\n\n');
    t.equal(bytes('stderr'), 'secret-output\n');
    const events = await recorded(id);
    t.match(events, [
      {
        type: 'TaskCommandStarted',
        data: { allocationId: id, nodeId: 'n1', task: 'main', command, terminal: false },
        actor: `user:${owner.userId}`,
      },
      { type: 'TaskCommandEnded', data: { exitCode: 3 }, actor: `user:${owner.userId}` },
    ]);
    t.notMatch(JSON.stringify(events), 'secret-output\\n"', 'output is not recorded');
    t.equal((await exec(id, { command: ['true'] }, { headers: admin })).status, 200);
  },
);

void t.test('refuses everyone else, and records nothing', async (t) => {
  const id = await running(t);
  const command = ['true'];
  const other = await account('other');
  const auditor = await account('auditor', { role: 'auditor' });
  const member = await account('member', { of: owner });
  const head = await account('head', { role: 'tenant_admin', of: owner });
  const { apiKey: reading } = await identity.apiKeys.issue(
    owner.userId,
    { name: 'reads', scopes: ['cluster:read', 'tasks'] },
    commandContext(),
  );
  for (const [who, headers, status] of [
    ['nobody', {}, 401],
    ['another tenant', other.headers, 404],
    ['an auditor', auditor.headers, 403],
    ['a member of the tenant, who may see the task', member.headers, 403],
    ['a key that may not execute', { authorization: `Bearer ${reading}` }, 403],
  ] as const)
    t.equal((await exec(id, { command }, { headers })).status, status, who);
  t.same(await recorded(id), []);
  t.equal((await exec(id, { command }, head)).status, 200, 'an administrator of the tenant');

  const plain = await account('plain', { execute: false, of: owner });
  t.match(await exec(id, { command }, plain), { status: 403, body: /requires the right execute/ });
});

void t.test('refuses what is not a command, and tells why a command cannot be run', async (t) => {
  const id = await running(t);
  for (const body of [
    {},
    { command: [] },
    { command: 'ls' },
    { command: ['a\0'] },
    { command: ['ls'], shell: true },
  ])
    t.equal((await exec(id, body)).status, 400, JSON.stringify(body));
  t.match(await exec(id, { command: ['ls'], task: 'other' }), { status: 400, body: /must be one of main/ });
  t.equal((await exec('unknown', { command: ['ls'] })).status, 404);
  const over = await running(t, 'sleep 1000');
  pair.peer.unwant(over);
  await pair.peer.reported(over, 'stopped', 'complete', 'failed', 'dead');
  const refused = await exec(over, { command: ['ls'] });
  t.equal(refused.status, 409, refused.body);
  t.match(refused.body, /is not running|n1 does not have the allocation/);
  t.match(await recorded(over), [
    { type: 'TaskCommandStarted' },
    { type: 'TaskCommandEnded', data: { exitCode: null, problem: String } },
  ]);
});

void t.test('tells how and when an allocation has ended, and records nothing', async (t) => {
  const id = await running(t);
  const [, jobId = ''] = /"jobId":"([^"]+)"/.exec(
    (await api.events()).find(({ type, data }) => type === 'AllocationPlaced' && data.includes(id))!.data,
  )!;
  await happened(failed(place(id, jobId)));
  const refused = await exec(id, { command: ['ls'] });
  t.match(refused, { status: 409, body: /the allocation has ended \(failed, 1970-01-01T00:00:02Z\)/ });
  t.same(await recorded(id), []);
});

/** Starts a command over a connection of its own, and reads the first lines of its output. */
async function connected(id: string, body: object, { headers }: Pick<Account, 'headers'> = owner) {
  const sent = request({
    port,
    method: 'POST',
    path: `/allocations/${id}/exec`,
    headers: { ...headers, 'content-type': 'application/json' },
  });
  sent.on('error', () => undefined);
  sent.end(JSON.stringify(body));
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  answer.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  answer.on('error', () => undefined);
  const line = async (index: number): Promise<Record<string, string>> =>
    await eventually(() => {
      const lines = text.split('\n');
      return index < lines.length - 1
        ? (JSON.parse(lines[index] ?? '') as Record<string, string>)
        : undefined;
    });
  return { sent, line, status: answer.statusCode };
}

void t.test('passes input on, only from the caller who runs the command', async (t) => {
  const id = await running(t);
  const { line, sent } = await connected(id, {
    command: ['sh', '-c', 'read line; echo "got $line"'],
    input: true,
  });
  const { session = '' } = await line(0);
  const input = async (body: object, headers: Account['headers'], of = id) =>
    await say('POST', `/allocations/${of}/exec/${session}/input`, body, headers);
  const piece = { number: 0, data: Buffer.from('typed-secret\n').toString('base64'), end: true };
  t.equal((await input(piece, admin)).status, 404, 'not even from an administrator');
  t.equal((await input({ number: 0, data: 'not base64!' }, owner.headers)).status, 400);
  t.match(await input(piece, owner.headers), { status: 200, body: '{"accepted":true}' });
  t.equal(Buffer.from((await line(1))['stdout'] ?? '', 'base64').toString(), 'got typed-secret\n');
  t.match(await line(2), { exit_code: 0 });
  sent.destroy();
  t.notMatch(JSON.stringify(await recorded(id)), 'typed-secret', 'what is typed is not recorded');
});

void t.test('ends a command whose client goes away, and records that', async (t) => {
  const id = await running(t);
  const { line, sent } = await connected(id, { command: ['sh', '-c', 'echo $$; exec cat /dev/zero'] });
  const pid = Number.parseInt(Buffer.from((await line(1))['stdout'] ?? '', 'base64').toString(), 10);
  t.ok(pid > 0);
  sent.destroy();
  await eventually(() => readProcess(pid) === undefined, { what: 'the end of the command' });
  const events = await eventually(async () => {
    const found = await recorded(id);
    return found.length === 2 ? found : undefined;
  });
  t.match(events[1], { data: { exitCode: null, problem: 'the client disconnected' } });
});

void t.test('makes a command wait whose output nobody reads', async (t) => {
  const id = await running(t);
  const sent = request({
    port,
    method: 'POST',
    path: `/allocations/${id}/exec`,
    headers: { ...owner.headers, 'content-type': 'application/json' },
  });
  sent.on('error', () => undefined);
  sent.end(JSON.stringify({ command: ['sh', '-c', 'echo $$ > "$HOME/pid"; exec cat /dev/zero'] }));
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  answer.on('error', () => undefined).pause();
  const pid = await eventually(async () => {
    const lines = linesOf((await exec(id, { command: ['sh', '-c', 'cat "$HOME/pid"'] })).body);
    const text = lines.map((line) => Buffer.from(String(line['stdout'] ?? ''), 'base64').toString()).join('');
    return text === '' ? undefined : Number(text);
  });
  const written = (): number =>
    Number(/^wchar: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1] ?? 0);
  let before = -1;
  await eventually(
    () => {
      const now = written();
      const still = now === before;
      before = now;
      return still;
    },
    { interval: 500 },
  );
  t.ok(before < 50_000_000, `${before} bytes`);
  sent.destroy();
  await eventually(() => readProcess(pid) === undefined);
});

void t.test('limits the commands of a tenant', async (t) => {
  const id = await running(t);
  const open = [];
  const second = await account('second', { role: 'tenant_admin', of: owner });
  for (let index = 0; index < COMMANDS_PER_TENANT; index += 1) {
    const each = await connected(id, { command: ['sleep', '1000'] });
    if (each.status === 200) open.push(each);
    else each.sent.destroy();
  }
  t.match((await exec(id, { command: ['true'] })).status, 429);
  if (open.length === COMMANDS_PER_TENANT)
    t.equal((await exec(id, { command: ['true'] }, second)).status, 429);
  for (const { sent } of open) sent.destroy();
  await eventually(async () => (await exec(id, { command: ['true'] })).status === 200);
});

void t.test('commands of tenants leave room on a node for administrators', async (t) => {
  const open: { readonly sent: ReturnType<typeof request> }[] = [];
  t.teardown(() => open.forEach(({ sent }) => sent.destroy()));
  for (const name of ['first', 'second', 'third']) {
    const tenant = await account(`fills-${name}`);
    const id = await running(t, 'sleep 1000', tenant);
    for (let index = 0; index < COMMANDS_PER_TENANT; index += 1) {
      const each = await connected(id, { command: ['sleep', '1000'] }, tenant);
      t.equal(each.status, 200);
      open.push(each);
    }
  }
  const fourth = await account('fourth');
  const id = await running(t, 'sleep 1000', fourth);
  const refused = await exec(id, { command: ['true'] }, fourth);
  t.equal(refused.status, 503, refused.body);
  t.match(refused.headers, { 'retry-after': /^\d+$/ });
  t.match(
    refused.body,
    /too many commands on this node: all tenants together can run 48 at a time; try again/,
  );
  t.match((await recorded(id)).at(-1), {
    type: 'TaskCommandEnded',
    data: { problem: /all tenants together/ },
  });
  const administrator = { headers: admin };
  while (open.length < 64) open.push(await connected(id, { command: ['sleep', '1000'] }, administrator));
  t.match(await exec(id, { command: ['true'] }, administrator), {
    status: 503,
    body: /too many commands on this node: it runs 64 at a time/,
  });
  open.pop()?.sent.destroy();
  await eventually(async () => (await exec(id, { command: ['true'] }, administrator)).status === 200);
  for (const { sent } of open.splice(0)) sent.destroy();
  await eventually(async () => (await exec(id, { command: ['true'] }, fourth)).status === 200);
});

void t.test('says that an agent does not respond', async (t) => {
  const id = await running(t);
  await happened({
    type: 'NodeRegistered',
    data: {
      nodeId: 'away',
      epoch: 1,
      ipAddress: '127.0.0.1',
      healthy: true,
      endpoint: 'http://127.0.0.1:1',
      resources: { cpu: 1, memory: 1 },
      attributes: {},
      protocol: 'muster',
    },
  } as MusterEvent);
  const event = specified('JobSubmitted', 'task.away');
  await happened(
    {
      ...event,
      data: { ...event.data, owner: { surface: 'tasks', tenant: owner.tenantId, principal: owner.userId } },
    } as MusterEvent,
    placed(place('away-1', 'task.away', 0, 'web', 'away')),
  );
  t.match(await exec('away-1', { command: ['true'] }), {
    status: 502,
    body: /agent of node away did not respond/,
  });
  t.match(await recorded('away-1'), [{}, { data: { exitCode: null, problem: /did not respond/ } }]);
  t.ok(id);
});
