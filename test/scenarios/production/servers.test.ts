import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { startAgent } from '../../fixtures/agent.js';
import type { Submitted } from '../../fixtures/api.js';
import { startBasicAgent } from '../../fixtures/basic-agent.js';
import { readEvents } from '../../fixtures/event-log.js';
import { eventually } from '../../fixtures/eventually.js';
import { ownFolder } from '../../fixtures/folder.js';
import { invariantsHold } from '../../fixtures/invariants.js';
import { Diary, job } from '../../fixtures/jobs.js';
import { required } from '../../fixtures/requirement.js';
import { startServer } from '../../fixtures/server.js';
import { TaskAccount } from '../../fixtures/task-account.js';
import { productionMissing, productionWiring } from '../../fixtures/wiring/production.js';
import type { Wiring } from '../../fixtures/wiring/wiring.js';

t.setTimeout(600_000);

const present = (t: Test): boolean =>
  required(t, productionMissing() === undefined, productionMissing() ?? 'the production wiring');

async function readiness(url: {
  api: { get(path: string): Promise<{ status: number; text: string }> };
}): Promise<string> {
  return (await url.api.get('/readyz?verbose')).text;
}

void t.test('five servers with one role each run jobs together', async (t) => {
  if (!present(t)) return;
  const folder = ownFolder(t);
  const wiring = await productionWiring(t, folder);
  const start = async (roles: string) =>
    await startServer(t, {
      dataDir: join(folder, roles),
      wiring,
      env: { MUSTER_ROLES: roles, MUSTER_NODE_TIMEOUT_SECONDS: '8' },
    });
  const [projector, scheduler, dispatcher, liveness, api] = await Promise.all(
    ['projector', 'scheduler', 'dispatcher', 'liveness', 'api'].map(start),
  );
  if (
    projector === undefined ||
    scheduler === undefined ||
    dispatcher === undefined ||
    liveness === undefined ||
    api === undefined
  )
    throw new Error('five were started');
  for (const each of [projector, scheduler, dispatcher, liveness]) {
    t.equal((await each.api.get('/livez')).status, 200);
    t.equal((await each.api.get('/metrics')).status, 200);
    t.equal((await each.api.get('/jobs')).status, 404, 'this role serves no API');
  }
  await startAgent(t, api, { dataDir: join(folder, 'agent') });
  const basic = await startBasicAgent(t, { serverUrl: api.url, nodeId: 'basic' });
  const ids = Array.from({ length: 20 }, (_, index) => `job-${index}`);
  for (const id of ids) await api.api.submit(job(id, { command: 'sleep 0.05', cpu: 10, memory: 8 }));
  const finishing = setInterval(() => {
    for (const id of basic.running()) basic.finish(id);
  }, 50);
  t.teardown(() => clearInterval(finishing));
  for (const id of ids) await api.api.jobIs(id, 'complete', 30_000);
  t.same(
    [...basic.begun.values()].filter((times) => times !== 1),
    [],
    'each order was carried out once',
  );
  basic.manners.silent = true;
  const down = async () => await readEvents(api, { types: ['NodeWentDown'], streamPrefixes: ['node-basic'] });
  await eventually(async () => (await down()).length === 1, {
    what: 'the event that marks the silent node down',
  });
  await invariantsHold(t, api);
});

/** Starts two servers with all roles on one wiring. */
async function pair(wiring: Wiring, folder: string, t: Test, env: Readonly<Record<string, string>> = {}) {
  return [
    await startServer(t, { dataDir: join(folder, 'one'), wiring, env }),
    await startServer(t, { dataDir: join(folder, 'two'), wiring, env }),
  ] as const;
}

void t.test(
  'if agents report to one of two servers, the other shows their allocations, declares no node down, and takes over',
  async (t) => {
    if (!present(t)) return;
    const folder = ownFolder(t);
    const wiring = await productionWiring(t, folder);
    const [one, two] = await pair(wiring, folder, t, { MUSTER_NODE_TIMEOUT_SECONDS: '5' });
    const basics = await Promise.all(
      ['x', 'y'].map(async (nodeId) => await startBasicAgent(t, { serverUrl: one.url, nodeId })),
    );
    await one.api.submit(job('stays', { count: 4 }));
    await two.api.jobIs('stays', 'running');
    // Twice the time after which a silent node is declared down.
    await pause(10_000);
    t.same((await readEvents(one, { types: ['NodeWentDown'] })).length, 0, 'no node was declared down');
    t.ok((await two.api.nodes()).every((node) => node.healthy));

    // An agent that uses NATS finds whichever server is running.
    await startAgent(t, one, {
      dataDir: join(folder, 'agent'),
      env: { MUSTER_AGENT_REQUEST_TIMEOUT_SECONDS: '1' },
    });
    await one.kill();
    const diary = new Diary(folder);
    await two.api.submit(
      job('after', {
        command: diary.command('after', 0.1),
        cpu: 1,
        memory: 1,
        constraints: [
          { attribute: 'node_id', operator: '!=', value: 'x' },
          { attribute: 'node_id', operator: '!=', value: 'y' },
        ],
      }),
    );
    await two.api.jobIs('after', 'complete', 30_000);
    t.equal(diary.count('after', 'ended'), 1);
    await eventually(async () => !(await readiness(two)).includes('standby: another server is dispatching'), {
      timeout: 20_000,
      what: 'an active dispatcher on the other server',
    });
    for (const each of basics)
      t.same(
        [...each.begun.values()].filter((times) => times !== 1),
        [],
        'each order was carried out once',
      );
    await one.start();
    await invariantsHold(t, two);
  },
);

void t.test(
  'a worker that only sends heartbeats to one of two servers is listed by both, and is offline once they stop',
  async (t) => {
    if (!present(t)) return;
    const folder = ownFolder(t);
    const wiring = await productionWiring(t, folder);
    const [one, two] = await pair(wiring, folder, t, {
      MUSTER_ADMIN_PASSWORD: 'password123',
      MUSTER_NODE_TIMEOUT_SECONDS: '5',
    });
    const root = await TaskAccount.logIn(one.api, 'admin', 'password123');
    const there = TaskAccount.withToken(two.api, root.token);
    const status = async (): Promise<string> =>
      (await there.call<{ readonly status: string }>('get', '/api/workers/w.1')).body.data.status;
    t.equal((await there.call('get', '/api/workers/w.1')).status, 404);
    const heartbeat = { status: 'online', current_tasks: 3, system_info: { cpu_usage: 45.2 } };
    await eventually(
      async () => {
        t.equal((await root.call('post', '/api/workers/w.1/heartbeat', heartbeat)).status, 200);
        return (await status()) === 'online';
      },
      { what: 'a worker at the other server', interval: 250 },
    );
    t.match((await there.call('get', '/api/workers')).body.data, [
      { id: 'w.1', status: 'online', current_tasks: 3 },
    ]);
    t.match((await there.call('get', '/api/workers/w.1')).body.data, {
      system_info: heartbeat.system_info,
      last_heartbeat: /Z$/,
    });
    await eventually(async () => (await status()) === 'offline', {
      timeout: 30_000,
      what: 'an offline worker',
    });
  },
);

void t.test(
  'a command repeated with its key at another server has one effect and one response',
  async (t) => {
    if (!present(t)) return;
    const folder = ownFolder(t);
    const wiring = await productionWiring(t, folder);
    const [one, two] = await pair(wiring, folder, t);
    for (let round = 0; round < 20; round += 1) {
      const headers = { 'idempotency-key': randomUUID() };
      const send = async (server: typeof one) =>
        (await server.api.post<Submitted>('/jobs', job(`twice-${round}`), { headers })).body.evaluation_id;
      const answers = await Promise.all([send(one), send(two), send(one)]);
      t.equal(new Set(answers).size, 1, `round ${round}`);
    }
    const submitted = await readEvents(one, { types: ['JobSubmitted'] });
    t.equal(submitted.length, 20);
    for (let round = 0; round < 10; round += 1) {
      const server = round % 2 === 0 ? one : two;
      t.equal((await server.api.put(`/jobs/twice-0`, job('twice-0', { cpu: 10 + round }))).status, 200);
    }
    t.equal(
      (await readEvents(one, { types: ['JobUpdated'] })).length,
      10,
      'each update is recorded once, although the cached state of each server was outdated',
    );
    await invariantsHold(t, one);
  },
);

void t.test('an order is sent exactly once, whichever of two dispatchers is killed', async (t) => {
  if (!present(t)) return;
  const folder = ownFolder(t);
  const wiring = await productionWiring(t, folder);
  const env = { MUSTER_NODE_TIMEOUT_SECONDS: '3', MUSTER_AGENT_REQUEST_TIMEOUT_SECONDS: '1' };
  const api = await startServer(t, {
    dataDir: join(folder, 'api'),
    wiring,
    env: { ...env, MUSTER_ROLES: 'api,projector,scheduler', MUSTER_NODE_TIMEOUT_SECONDS: '60' },
  });
  const dispatchers = await Promise.all(
    ['a', 'b'].map(
      async (name) =>
        await startServer(t, {
          dataDir: join(folder, name),
          wiring,
          env: { ...env, MUSTER_ROLES: 'dispatcher' },
        }),
    ),
  );
  const agents = await Promise.all(
    ['p', 'q', 'r'].map(
      async (nodeId) =>
        await startBasicAgent(t, {
          serverUrl: api.url,
          nodeId,
          resources: { cpu: 100_000, memory: 100_000 },
          manners: { answerDelay: 20 },
        }),
    ),
  );
  const atWork = async () => {
    for (const each of dispatchers)
      if (/^muster_dispatcher_at_work 1$/m.test((await each.api.get('/metrics')).text)) return each;
    return undefined;
  };
  let submitted = 0;
  let ordered = 0;
  for (let round = 0; round < 6; round += 1) {
    const working = await eventually(atWork, { timeout: 20_000, what: 'an active dispatcher' });
    for (let index = 0; index < 30; index += 1)
      await api.api.submit(job(`job-${submitted++}`, { cpu: 10, memory: 10 }));
    ordered = agents.reduce((sum, agent) => sum + agent.begun.size, 0);
    await working.kill();
    await working.start();
  }
  t.ok(ordered > 0);
  await eventually(() => agents.reduce((sum, agent) => sum + agent.running().length, 0) === submitted, {
    timeout: 40_000,
    what: 'every job at an agent',
  });
  for (const agent of agents)
    t.same(
      [...agent.begun].filter(([, times]) => times !== 1),
      [],
      `${agent.options.nodeId}: no allocation was started twice`,
    );
  const taken = await readEvents(api, { types: ['LeaseTaken'] });
  t.comment(
    `the lease was taken ${taken.length} times, by ${new Set(taken.map((event) => event.type === 'LeaseTaken' && event.data.holder)).size} servers`,
  );
  await invariantsHold(t, api);
});
