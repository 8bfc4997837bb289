import t, { type Test } from 'tap';
import { CLAIM_GROUP, jobIdOf } from '#domain/gpu/claim/index.js';
import { MAX_RETAINED_JOBS } from '#domain/work/index.js';
import type { AgentChannel, LogQuery } from '#domain/protocol/agent-channel.js';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { muster } from '../../../fixtures/program.js';
import { claimEnded, failed, gpuReleased, place, placed, started } from '../../../projections/events.js';
import { noAgents, openTestApi } from '../../http/support/test-api.js';
import { commandContext } from '../../../fixtures/command-context.js';

t.setTimeout(180_000 * PATIENCE);

/** Starts a server whose node responds with `answer`, and returns an account's claims and command line. */
async function scene(t: Test, answer: () => 'lines' | 'absent' | 'unreachable') {
  const asked: LogQuery[] = [];
  const agentChannel: AgentChannel = {
    ...noAgents,
    logs: async (_agent, allocationId, query) => {
      asked.push(query);
      if (answer() === 'absent') return { kind: 'absent' };
      if (answer() === 'unreachable') return { kind: 'unknown', problem: 'connection refused' };
      async function* chunks(): AsyncGenerator<Uint8Array> {
        const time = query.timestamps === true ? '2026-11-20T02:00:00Z ' : '';
        yield Buffer.from(`${time}epoch 1 of ${allocationId}\r\n${time}\u009bloss `);
        yield Buffer.from('0.3\r\n');
      }
      return { kind: 'found', chunks: chunks() };
    },
  };
  const api = await openTestApi(t, { agentChannel });
  const context = commandContext();
  const { userId } = await api.identity.registrations.register(
    { username: 'ann', password: 'password123', role: 'admin' },
    context,
  );
  const { token } = (
    await api.say('POST', '/api/auth/login', { username: 'ann', password: 'password123' })
  ).json() as { token: string };
  await api.say('POST', '/register', {
    node_id: 'n1',
    ip_address: '10.0.0.5',
    resources: { gpus: 8 },
    endpoint: 'http://10.0.0.5:9000',
  });
  const claim = async (
    ...happens: ((at: ReturnType<typeof place>, id: string) => MusterEvent)[]
  ): Promise<string> => {
    const { id } = (
      await api.say(
        'POST',
        '/api/gpu-claims',
        { spec: { image: 'busybox', resources: { gpuCount: 1 } } },
        { authorization: `Bearer ${token}` },
      )
    ).json() as { id: string };
    const at = place(`a-${id}`, jobIdOf(id), 0, CLAIM_GROUP);
    await api.happened(...happens.map((event) => event(at, id)));
    return id;
  };
  const address = await api.app.listen({ port: 0, host: '127.0.0.1' });
  const run = async (...args: string[]) =>
    await muster(['claim', 'logs', ...args], { MUSTER_SERVER_URL: address, MUSTER_TOKEN: token });
  return { asked, userId, claim, run };
}

void t.test("prints the log of a claim's container while it runs and after it has ended", async (t) => {
  const { asked, userId, claim, run } = await scene(t, () => 'lines');
  const begun = [
    (at: ReturnType<typeof place>) => placed(at),
    (at: ReturnType<typeof place>) => started(at),
  ] as const;
  const claims = {
    Running: await claim(...begun),
    Succeeded: await claim(...begun, (_at, id) => claimEnded(id, userId)),
    Failed: await claim(
      ...begun,
      (at) => failed(at),
      (_at, id) => claimEnded(id, userId, 'failed'),
    ),
    Released: await claim(...begun, (_at, id) => gpuReleased(id, userId)),
  };
  for (const [phase, id] of Object.entries(claims))
    t.same(
      await run(id),
      { code: 0, signal: null, stdout: `epoch 1 of a-${id}\n\u009bloss 0.3`, stderr: '' },
      phase,
    );
  const waiting = await claim();
  t.match(await run(waiting), {
    code: 1,
    stderr: `claim ${waiting} is Pending (PendingEvaluation): it has no container with a log\nSee: muster claim status ${waiting}`,
  });

  const id = claims.Running;
  await run('-f', '-n', '5', id.slice(0, -3));
  t.match(asked.at(-1), { follow: true, tail: 5, task: 'main' }, 'an unambiguous prefix of the id is enough');
  const json = (await run('-o', 'json', id)).stdout;
  t.notMatch(json, '\u009b', 'control characters are escaped in JSON');
  t.same(
    json.split('\n').map((line) => JSON.parse(line) as object),
    [`epoch 1 of a-${id}`, '\u009bloss 0.3'].map((line) => ({
      claim_id: id,
      node: 'n1',
      time: '2026-11-20T02:00:00Z',
      line,
    })),
  );
  t.match((await run('-t', id)).stdout, `2026-11-20T02:00:00Z epoch 1 of a-${id}`);
  await run('--since', '2026-11-20T02:00:00Z', '--until', '2026-11-20T03:00:00Z', id);
  t.match(asked.at(-1), { since: 1_795_140_000, until: 1_795_143_600 });

  const all = (await run('--all')).stdout.split('\n');
  t.same(
    all.filter((line) => line.endsWith(`epoch 1 of a-${id}`)),
    [`${id} | epoch 1 of a-${id}`],
  );
  t.equal(all.length, 2 * Object.keys(claims).length, 'the pending claim is left out');

  for (const args of [[], [id, '--all']])
    t.match(await run(...args), { code: 1, stderr: 'specify a claim, or pass --all' });
  t.match(await run('-n', 'x', id), { code: 1, stderr: '-n x: must be a whole number' });
  t.match(await run('claim-none'), { code: 1, stderr: 'no such claim: ' });
});

void t.test('prints why a log cannot be read', async (t) => {
  let answer: 'absent' | 'unreachable' = 'absent';
  const { claim, run } = await scene(t, () => answer);
  t.match(await run('--all'), { code: 1, stderr: 'none of your claims has a container with a log' });
  const id = await claim(
    (at) => placed(at),
    (at) => started(at),
  );
  t.match(await run(id), {
    code: 1,
    stdout: '',
    stderr: `claim ${id} is Running: it has no container with a log`,
  });
  t.match(await run('-a'), { code: 1, stderr: 'none of your claims has a container with a log' });
  answer = 'unreachable';
  t.match(await run(id), { code: 1, stderr: /n1 did not respond: connection refused/ });
  t.match(await run('-a'), { code: 1, stderr: new RegExp(`^claim ${id}: .*n1 did not respond`) });
});

void t.test(
  'with --all, stops requesting logs of older claims once the retained ones have arrived',
  async (t) => {
    const { asked, userId, claim, run } = await scene(t, () => 'lines');
    const over = 2 * MAX_RETAINED_JOBS;
    for (let index = 0; index < over; index += 1)
      await claim(
        (at) => placed(at),
        (at) => started(at),
        (_at, id) => claimEnded(id, userId),
      );
    const running = await claim(
      (at) => placed(at),
      (at) => started(at),
    );
    await claim();
    const { code, stdout } = await run('--all');
    t.equal(code, 0);
    t.match(stdout, `${running} | epoch 1 of a-${running}`);
    // Logs are requested concurrently, so a few more requests start before the last retained log has arrived.
    t.ok(
      asked.length > MAX_RETAINED_JOBS && asked.length < over,
      `${asked.length} of ${over + 2} logs were requested`,
    );
  },
);
