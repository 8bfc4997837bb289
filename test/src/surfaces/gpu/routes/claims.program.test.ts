import { randomUUID } from 'node:crypto';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { CLAIM_GROUP, jobIdOf } from '#domain/gpu/claim/index.js';
import type { AgentAddress, AgentChannel, LogQuery } from '#domain/protocol/agent-channel.js';
import { jobs } from '#domain/jobs/job/aggregate.js';
import { openGroup } from '#src/fleet/sealed-environments/environment.js';
import { WorkLoop } from '#src/fleet/owned-work/index.js';
import { claimWork } from '#src/surfaces/gpu/claim-work.js';
import { eventually } from '../../../../fixtures/eventually.js';
import { place, placed, released, started } from '../../../../projections/events.js';
import { noAgents, openTestApi, type Said } from '../../../http/support/test-api.js';
import { commandContext } from '../../../../fixtures/command-context.js';

const SECRET = 'hf_9d2c-the-secret';
const spec = {
  image: 'busybox',
  resources: { gpuCount: 1 },
  command: 'python3 "my train.py"',
  args: ['--epochs', '3 of them'],
  ports: [8888],
  shm_size: 1024,
  env: { HF_TOKEN: SECRET },
};

async function scene(t: Test, agentChannel: AgentChannel = noAgents) {
  const api = await openTestApi(t, { agentChannel });
  const account = async (username: string, made: object = {}) => {
    const context = commandContext();
    const registered = await api.identity.registrations.register(
      { username, password: 'password123', role: 'user', ...made },
      context,
    );
    const { token } = (
      await api.say('POST', '/api/auth/login', { username, password: 'password123' })
    ).json() as { token: string };
    const say = (method: string, url: string, body?: unknown, more: object = {}): Promise<Said> =>
      api.say(method, url, body, { authorization: `Bearer ${token}`, ...more });
    return { ...registered, token, say };
  };
  const claim = async (who: Awaited<ReturnType<typeof account>>, wanted: object = spec) => {
    const said = await who.say('POST', '/api/gpu-claims', { spec: wanted });
    t.equal(said.status, 202, said.body);
    return said.json() as { id: string; spec: object };
  };
  return { api, account, claim };
}

void t.test("seals a claim's environment everywhere except in its running job", async (t) => {
  const { api, account, claim } = await scene(t);
  const ann = await account('ann');
  const bob = await account('bob');
  const made = await claim(ann);
  t.same(made.spec, spec);
  t.same((await ann.say('GET', `/api/gpu-claims/${made.id}`)).json(), {
    ...made,
    status: { phase: 'Pending', nodeName: '', containerID: '', reason: 'PendingEvaluation', endpoints: [] },
  });
  t.match((await ann.say('GET', '/api/gpu-claims')).json(), { gpu_claims: [{ spec }] });
  t.equal((await bob.say('GET', `/api/gpu-claims/${made.id}`)).status, 404);

  const loop = new WorkLoop(claimWork, {
    executor: api.executor,
    eventStore: api.store,
    readModels: api.models,
    changes: api.projector,
    clock: systemClock,
    ids: { uuid: randomUUID },
    logger: { info: () => undefined, warn: () => undefined },
  });
  t.teardown(() => loop.stop());
  const job = await eventually(async () => {
    const state = await api.executor.load(jobs, jobIdOf(made.id));
    return state.kind === 'present' ? state.specification : undefined;
  });
  const [group] = job.task_groups;
  t.match(group, {
    name: CLAIM_GROUP,
    tasks: [
      {
        driver: 'docker',
        config: { image: 'busybox', command: spec.command, args: spec.args },
        ports: [{ container: 8888, dynamic: true }],
        sealed_env: /^sealed:1:/,
      },
    ],
  });
  t.match(group && (await openGroup(api.identity.sealer, group)), { tasks: [{ env: spec.env }] });
  const all = await api.events();
  t.notOk(
    all.some(({ data, metadata }) => `${data}${metadata}`.includes(SECRET)),
    'no event contains the secret',
  );
  t.match(
    all.map(({ type }) => type).filter((type) => type === 'GpuClaimed'),
    ['GpuClaimed'],
  );

  const again = await ann.say('POST', '/api/gpu-claims', { spec }, { 'idempotency-key': 'k1' });
  t.same(
    (await ann.say('POST', '/api/gpu-claims', { spec }, { 'idempotency-key': 'k1' })).json(),
    again.json(),
    'a repeated request returns the same claim with its environment',
  );
});

void t.test(
  'accepts a claim without command, arguments, ports or variables, and refuses invalid ones',
  async (t) => {
    const { account, claim } = await scene(t);
    const root = await account('root', { role: 'admin' });
    const plain = { image: 'busybox', resources: { gpuCount: 1 } };
    for (const part of [
      {},
      { command: 'sh' },
      { args: ['-l'] },
      { args: [] },
      { ports: [] },
      { env: { A: '' } },
    ])
      t.same((await claim(root, { ...plain, ...part })).spec, { ...plain, ...part });
    const bad: readonly (readonly [object, RegExp])[] = [
      [{ command: '' }, /spec\.command: /],
      [{ command: 'a\0b' }, /spec\.command: must not contain NUL/],
      [{ command: ['sh'] }, /spec\.command: /],
      [{ args: 'sh' }, /spec\.args: /],
      [{ args: ['a\0'] }, /spec\.args\[0\]: must not contain NUL/],
      [{ args: Array.from({ length: 257 }, () => 'a') }, /spec\.args: /],
      [{ ports: [0] }, /spec\.ports\[0\]: /],
      [{ ports: [80, 80] }, /spec\.ports: duplicate port/],
      [{ ports: Array.from({ length: 65 }, (_, port) => port + 1) }, /spec\.ports: /],
      [{ env: { '1A': 'x' } }, /spec\.env/],
      [{ env: { A: 1 } }, /spec\.env\.A: /],
      [{ env: { A: 'x\0' } }, /spec\.env\.A: must not contain NUL/],
      [{ sealedEnv: 'sealed:1:x' }, /spec\.sealedEnv: is not a known key/],
      [
        { args: Array.from({ length: 3 }, () => 'é'.repeat(12_000)) },
        /spec: command, args and env must have at most 65536 bytes together/,
      ],
    ];
    for (const [part, error] of bad) {
      const said = await root.say('POST', '/api/gpu-claims', { spec: { ...plain, ...part } });
      t.equal(said.status, 400, JSON.stringify(part).slice(0, 80));
      t.match(said.json(), { error });
    }
  },
);

void t.test("shows the container's log only to accounts that may see the claim", async (t) => {
  const asked: { agent: AgentAddress; allocationId: string; query: LogQuery }[] = [];
  let answer: 'lines' | 'absent' | 'unknown' | 'endless' = 'lines';
  let ended = false;
  const agentChannel: AgentChannel = {
    ...noAgents,
    logs: async (agent, allocationId, query, signal) => {
      asked.push({ agent, allocationId, query });
      if (answer === 'absent') return { kind: 'absent' };
      if (answer === 'unknown') return { kind: 'unknown', problem: 'connection refused' };
      const endless = answer === 'endless';
      async function* chunks(): AsyncGenerator<Uint8Array> {
        yield Buffer.from('epoch 1\n\xff', 'latin1');
        if (endless)
          await new Promise<void>((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        ended = true;
      }
      return { kind: 'found', chunks: chunks() };
    },
  };
  const { api, account, claim } = await scene(t, agentChannel);
  const ann = await account('ann');
  const bob = await account('bob');
  const root = await account('root', { role: 'admin' });
  await api.say('POST', '/register', {
    node_id: 'n1',
    ip_address: '10.0.0.5',
    resources: { gpus: 2 },
    endpoint: 'http://10.0.0.5:9000',
  });
  const { id } = await claim(ann);
  const url = `/api/gpu-claims/${id}/logs`;
  const none = { error: 'the log of the claim is not available' };
  t.match(await ann.say('GET', url), { status: 404 });
  t.same((await ann.say('GET', url)).json(), none, 'a claim that is not placed has no log');

  const at = place('a1', jobIdOf(id), 0, CLAIM_GROUP);
  await api.happened(placed(at), started(at));
  const read = await ann.say('GET', `${url}?tail=5`);
  t.equal(read.status, 200);
  t.match(read.headers, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' });
  t.same(asked.at(-1), {
    agent: { nodeId: 'n1', epoch: 1, endpoint: 'http://10.0.0.5:9000' },
    allocationId: 'a1',
    query: { task: 'main', stream: 'stdout', follow: false, tail: 5 },
  });
  t.equal((await root.say('GET', url)).status, 200);
  const calls = asked.length;
  t.equal((await bob.say('GET', url)).status, 404);
  t.equal((await api.say('GET', url)).status, 401);
  for (const query of ['tail=-1', 'tail=x', 'follow=maybe', 'type=stderr', 'task=main'])
    t.equal((await ann.say('GET', `${url}?${query}`)).status, 400, query);
  t.equal(asked.length, calls, 'no agent is called for refused requests');

  answer = 'absent';
  t.same((await ann.say('GET', url)).json(), none);
  answer = 'unknown';
  t.match(await ann.say('GET', url), { status: 502, body: /n1 did not respond: connection refused/ });

  answer = 'endless';
  ended = false;
  const address = await api.app.listen({ port: 0, host: '127.0.0.1' });
  const following = await fetch(`${address}${url}?follow=true`, {
    headers: { authorization: `Bearer ${ann.token}` },
  });
  const reader = following.body?.getReader();
  t.ok((await reader?.read())?.value?.length);
  t.equal(asked.at(-1)?.query.follow, true);
  await reader?.cancel();
  await eventually(() => ended, { what: "the end of the agent's stream" });

  await api.happened(released(at, 'lost', 5));
  t.same((await ann.say('GET', url)).json(), none, 'a lost claim has no log until it is placed again');
});
