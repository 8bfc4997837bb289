import t, { type Test } from 'tap';
import type { CommandOutput, NodeShare } from '#domain/protocol/index.js';
import { eventually, PATIENCE } from '../../../fixtures/eventually.js';
import { bearer, servicesLogin } from '../../../fixtures/services-account.js';
import { accepted, copyScene, refused, text } from '../../../fixtures/volume-copy-scene.js';

t.setTimeout(120_000 * PATIENCE);

void t.test('only who makes a copy can act on it, and only on that of the volume', async (t) => {
  const callers: string[] = [];
  const { as, path, volume } = await copyScene(t, {
    open: ({ caller }) => {
      callers.push(caller);
      return { kind: 'done', answer: { message: 'started' } };
    },
    input: ({ caller }) => (callers.includes(caller) ? accepted : refused),
  });
  t.equal((await as('ann', 'POST', `${path}/restore`)).status, 200);
  t.match(callers, [new RegExp(`^user:\\S+ ${volume}$`)], 'commands in tasks have another caller');
  const send = async (who: 'ann' | 'root') =>
    (await as(who, 'POST', `${path}/restore/s1/input`, { number: 0, end: true })).status;
  t.equal(await send('ann'), 200);
  t.equal(await send('root'), 404);
});

void t.test('a copy that a node has no room for can be tried again', async (t) => {
  const what = 'too many copies of volumes on this node: it runs 4 at a time';
  const { as, path, shown } = await copyScene(t, {
    open: () => ({ kind: 'refused', status: 503, message: `overloaded: ${what}; try again` }),
  });
  const said = await as('ann', 'POST', `${path}/backup`);
  t.equal(said.status, 503);
  t.match(said.headers, { 'retry-after': /\d+/ });
  t.match(said.body, `overloaded: ${what}; try again`);
  t.match(await shown(), { last_copy: { outcome: 'unchanged' } });
});

void t.test('a copy for which the tenant has no room says so', async (t) => {
  const what = 'copies of volumes on this node: the members of a tenant can run 1 at a time';
  const asked: unknown[] = [];
  const { as, path, shown } = await copyScene(t, {
    open: ({ share }) => {
      asked.push(share);
      return { kind: 'refused', status: 429, message: `too many ${what}; try again in 10 seconds` };
    },
  });
  const problem = `too many ${what}; try again in 5 seconds`;
  const said = await as('ann', 'POST', `${path}/backup`);
  t.equal(said.status, 429);
  t.match(said.headers, { 'retry-after': '5' });
  t.match(said.body, problem);
  t.match(await shown(), { last_copy: { outcome: 'unchanged', problem } });
  await as('tia', 'POST', `${path}/restore`);
  await as('root', 'POST', `${path}/backup`);
  const [ann, tia, root] = asked as [NodeShare, NodeShare, NodeShare];
  t.match(ann, { tenant: /./, self_registered: Boolean });
  t.same(tia, { ...(ann as object), self_registered: false });
  t.equal(root, 'operators');
});

void t.test('the end of a restore says why it failed', async (t) => {
  const end = { exit_code: 1 };
  const lines: readonly CommandOutput[] = [
    { stderr: text('"x" is a device') },
    { stderr: text('.'.repeat(2_000)) },
    end,
  ];
  const { as, path, shown } = await copyScene(t, { output: (chunk) => lines[chunk] });
  await as('ann', 'POST', `${path}/restore`);
  const { last_copy: copy } = await shown();
  t.match(copy, { outcome: 'unchanged', problem: /^"x" is a device\.+$/ });
  t.equal(copy?.problem?.length, 1_000);
  end.exit_code = 2;
  await as('ann', 'POST', `${path}/restore`);
  t.match(await shown(), { incomplete: true, last_copy: { outcome: 'incomplete', problem: /is a device/ } });
});

/** Starts a restore over a connection, and ends it once the client has a line that matches. */
async function left(t: Test, scene: Awaited<ReturnType<typeof copyScene>>, line: RegExp): Promise<void> {
  const { api, path } = scene;
  const address = await api.app.listen({ port: 0, host: '127.0.0.1' });
  const client = new AbortController();
  const answer = await fetch(`${address}/api/v1${path}/restore`, {
    method: 'POST',
    headers: bearer(await servicesLogin(api, 'ann')),
    signal: client.signal,
  });
  t.equal(answer.status, 200);
  let said = '';
  for await (const piece of answer.body ?? []) {
    said += Buffer.from(piece as Uint8Array).toString();
    if (line.test(said)) break;
  }
  client.abort();
}

void t.test('a restore that replaces the content is followed to its end without its client', async (t) => {
  let finish: (output: CommandOutput) => void = () => undefined;
  const finished = new Promise<CommandOutput>((resolve) => (finish = resolve));
  const scene = await copyScene(t, {
    output: async (chunk) => (chunk === 0 ? { stdout: text('7\n') } : await finished),
  });
  await left(t, scene, /stdout/);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  t.same(scene.closed, [], 'it goes on');
  t.match(await scene.shown(), { last_copy: { outcome: null } });
  finish({ exit_code: 0 });
  await eventually(async () => (await scene.shown()).last_copy?.outcome === 'complete', {
    what: 'the end of the restore',
  });
  t.match(await scene.shown(), { last_copy: { bytes: 7 } });
});

void t.test('a restore whose client is gone before ends', async (t) => {
  const scene = await copyScene(t, {
    output: async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      return undefined;
    },
  });
  await left(t, scene, /session/);
  await eventually(async () => (await scene.shown()).last_copy?.outcome === 'unknown', {
    what: 'the end of the restore',
  });
  t.equal(scene.closed.length, 1);
  t.match(await scene.shown(), { last_copy: { problem: 'the client disconnected' } });
});
