import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { AgentProcess } from '../fixtures/agent.js';
import type { Answer } from '../fixtures/api.js';
import { modulePackage, pythonPackage, type Held } from '../fixtures/conda/channel.js';
import { condaFleet, type CondaFleet } from '../fixtures/conda/fleet.js';
import { generationsOf } from '../fixtures/conda/generations.js';
import { eventually } from '../fixtures/eventually.js';
import { folderForTenants } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import type { Server } from '../fixtures/server.js';
import { SOAK } from '../fixtures/wiring/wiring.js';

t.setTimeout(600_000);

const MINUTE = 60_000;
const MODULES = ['first', 'second', 'third'] as const;
const WHO = ['server', 'agent', 'server and agent'] as const;
const WHEN = ['solving', 'building'] as const;
/** Every other case is enough: solving while the server or both are killed, building while the agent is killed. */
const CASES = WHEN.flatMap((when) =>
  WHO.map((who) => ({ when, who, name: `${when}-${who.replaceAll(' ', '-')}` })),
).filter((_, index) => SOAK || index % 2 === 0);

/** Starts a fleet whose channel the test can hold back. */
async function scene(t: Test): Promise<CondaFleet | undefined> {
  const modules = [...MODULES, ...CASES.map(({ name }) => name)];
  return await condaFleet(t, [pythonPackage(), ...modules.map((name) => modulePackage(name))]);
}

/** Returns a node that has to make one environment per module again, because the node that built them is gone. */
async function takenOver(t: Test, { server, call, agent }: CondaFleet): Promise<AgentProcess> {
  const maker = await agent();
  for (const module of MODULES)
    t.equal((await call('POST', '/environment', { name: module, packages: [module] })).status, 201);
  await maker.kill();
  const next = await agent();
  await gone(server, maker);
  return next;
}

async function waits(held: Held): Promise<void> {
  await eventually(() => held.waiting > 0, {
    timeout: MINUTE,
    what: 'a builder that waits for a held request',
  });
}

async function lockOf(call: (method: 'GET', path: string) => Promise<Answer>, name: string): Promise<object> {
  return JSON.parse((await call('GET', `/environment/${name}/export?format=lock`)).text) as object;
}

/** Returns the hash of the current lock. */
async function hashOf(
  call: (method: 'GET', path: string) => Promise<Answer>,
  name: string,
): Promise<string | undefined> {
  const { generations } = (await call('GET', `/environment/${name}/generations`)).body as {
    generations: { hash: string; current: boolean }[];
  };
  return generations.find(({ current }) => current)?.hash;
}

async function gone({ api }: Server, { nodeId }: AgentProcess): Promise<void> {
  await eventually(async () => !(await api.node(nodeId)).healthy, {
    timeout: MINUTE,
    what: 'a node that is down',
  });
}

void t.test(
  'a kill while solving or linking leaves no partial environment, and the same idempotency key returns the outcome',
  async (t) => {
    const all = await scene(t);
    if (all === undefined) return;
    const { channel, server, call } = all;
    const agent = await all.agent();
    t.equal((await call('POST', '/environment', { name: 'data', packages: ['first'] })).status, 201);
    for (const { when, who, name } of CASES) {
      const held = channel.hold(when === 'solving' ? 'repodata' : `/${name}-1.0`);
      const ask = async (): Promise<Answer> =>
        await call('POST', '/environment/data/packages', { packages: [name] }, name);
      const asked = ask().catch(() => undefined);
      await waits(held);
      t.same(lackingOn(agent), [], `${name}: no partial environment is listed as ready`);
      await killed(who, server, agent);
      held.letGo();
      if (who === 'agent')
        t.match(
          await asked,
          { status: 200, body: { installed_packages: [name] } },
          `${name}: the waiting request succeeds`,
        );
      t.match(
        await ask(),
        { status: 200, body: { installed_packages: [name] } },
        `${name}: a repeated request returns the same response`,
      );
      await asked;
    }
    const { packages } = (await call('GET', '/environment/data')).body as { packages: { name: string }[] };
    t.same(
      packages.map(({ name }) => name),
      ['first', 'python', ...CASES.map(({ name }) => name)].sort(),
    );
    const { builds } = (await call('GET', '/environment/data/builds')).body as {
      builds: { status: string }[];
    };
    t.same(
      builds.map(({ status }) => status),
      Array.from({ length: 1 + CASES.length }, () => 'built'),
      'no build was requested twice',
    );
    await eventually(() => generationsOf(agent.dataDir).problems.length === 0);
    t.match(generationsOf(agent.dataDir), { ready: { length: 1 + CASES.length }, problems: [] });
    await invariantsHold(t, server);
  },
);

void t.test(
  'if the builder is killed, its build fails with a reason, once for all requests with the same key, and changes nothing',
  async (t) => {
    const all = await scene(t);
    if (all === undefined) return;
    const { channel, server, call } = all;
    const agent = await all.agent();
    t.equal((await call('POST', '/environment', { name: 'data', packages: ['first'] })).status, 201);
    const before = generationsOf(agent.dataDir).ready;
    const held = channel.hold('/second-1.0');
    const ask = async (): Promise<Answer> =>
      await call('POST', '/environment/data/packages', { packages: ['second'] }, 'key');
    const asked = ask();
    await waits(held);
    process.kill(builderOf(agent), 'SIGKILL');
    const refused = {
      status: 400,
      body: { success: false, message: 'Failed to install packages', error: /\w/ },
    };
    t.match(await asked, refused);
    held.letGo();
    t.match(await ask(), refused);
    t.match((await call('GET', '/environment/data')).body, {
      generation: 1,
      packages: [{ name: 'first' }, { name: 'python' }],
    });
    await eventually(() => generationsOf(agent.dataDir).problems.length === 0);
    t.same(generationsOf(agent.dataDir), { ready: before, problems: [] });
    t.match(
      await call('POST', '/environment/data/packages', { packages: ['second'] }),
      { status: 200 },
      'a new request is built',
    );
    await invariantsHold(t, server);
  },
);

void t.test(
  'a kill on another node while it installs from a lock leaves no partial environment',
  async (t) => {
    const all = await scene(t);
    if (all === undefined) return;
    const { channel, server, call } = all;
    const agent = await takenOver(t, all);
    const solved = channel.asked.length;
    for (const [index, module] of MODULES.entries()) {
      const who = WHO[index] ?? 'server';
      const lock = await lockOf(call, module);
      const held = channel.hold(`/${module}-1.0`);
      const ask = async (): Promise<Answer> =>
        await call('POST', '/environment', { name: `again-${module}`, lock }, module);
      const asked = ask().catch(() => undefined);
      await waits(held);
      t.same(lackingOn(agent), [], `${who}: no partial environment is listed as ready`);
      await killed(who, server, agent);
      held.letGo();
      t.match(await ask(), { status: 201, body: { environment: { name: `again-${module}` } } }, who);
      await asked;
      t.equal(
        await hashOf(call, `again-${module}`),
        await hashOf(call, module),
        'the lock gives the same environment',
      );
    }
    t.same(repodataIn(channel.asked.slice(solved)), [], 'nothing was solved again');
    await eventually(() => generationsOf(agent.dataDir).problems.length === 0);
    t.match(generationsOf(agent.dataDir), { ready: { length: MODULES.length }, problems: [] });
    await invariantsHold(t, server);
  },
);

void t.test(
  'a run keeps its pinned generation if its agent is killed during the run or while it creates the environment',
  async (t) => {
    const all = await scene(t);
    if (all === undefined) return;
    const { channel, server } = all;
    const agent = await takenOver(t, all);
    const flags = folderForTenants(t);
    for (const [index, module] of MODULES.entries()) {
      const who = WHO[index] ?? 'server';
      const held = channel.hold(`/${module}-1.0`);
      const flag = join(flags, module);
      const script = `import os, time, ${module}
print(${module}.NAME, "begins", flush=True)
while not os.path.exists("${flag}"): time.sleep(0.05)
print("ends")
`;
      const id = await all.task({ script, conda_env: module });
      await waits(held);
      await eventually(async () => (await all.latest(id))?.reason === 'RealisingEnvironment', {
        timeout: MINUTE,
        what: `${who}: the reason of the waiting run`,
      });
      t.match(await all.latest(id), {
        status: 'scheduled',
        generation: 1,
        message: /^(Installing \d+|\d of \d+) packages$/,
      });
      t.same(lackingOn(agent), [], `${who}: no partial environment is listed as ready`);
      await killed(who, server, agent);
      held.letGo();
      await eventually(async () => (await all.latest(id))?.logs?.includes(`${module} begins`) === true, {
        timeout: MINUTE,
        what: `${who}: the start of the run`,
      });
      await killed(who, server, agent);
      await writeFile(flag, '');
      await eventually(async () => (await all.latest(id))?.status === 'completed', {
        timeout: MINUTE,
        what: `${who}: the end of the run`,
      });
      t.match(
        await all.latest(id),
        { generation: 1, exit_code: 0, logs: new RegExp(`^${module} begins\nends\n$`) },
        who,
      );
    }
    await eventually(() => generationsOf(agent.dataDir).problems.length === 0);
    t.match(generationsOf(agent.dataDir), { ready: { length: MODULES.length }, problems: [] });
    await invariantsHold(t, server);
  },
);

void t.test(
  'an environment built on one node is created from its lock on another when the first is down',
  async (t) => {
    const all = await scene(t);
    if (all === undefined) return;
    const { channel, server, call } = all;
    const first = await all.agent();
    t.equal((await call('POST', '/environment', { name: 'data', packages: ['first'] })).status, 201);
    const [second, third] = [await all.agent(), await all.agent()];
    for (const each of [first, second]) await each.kill();
    for (const each of [first, second]) await gone(server, each);
    const before = channel.asked.length;
    t.equal(
      (await call('POST', '/environment', { name: 'again', lock: await lockOf(call, 'data') })).status,
      201,
    );
    t.same(generationsOf(third.dataDir), { ready: [await hashOf(call, 'data')], problems: [] });
    const id = await all.task({ script: 'import first\nprint(first.NAME)', conda_env: 'data' });
    await eventually(async () => (await all.latest(id))?.status === 'completed', {
      timeout: MINUTE,
      what: 'a completed run on the third node',
    });
    t.match(await all.latest(id), { generation: 1, logs: 'first\n' });
    t.same(repodataIn(channel.asked.slice(before)), [], 'nothing was solved again');
    await invariantsHold(t, server);
  },
);

async function killed(who: (typeof WHO)[number], server: Server, agent: AgentProcess): Promise<void> {
  await Promise.all([who.includes('server') && server.kill(), who.includes('agent') && agent.kill()]);
  if (who.includes('server')) await server.start();
  if (who.includes('agent')) await agent.start();
}

/** Returns the generations on a node that are ready but incomplete. */
function lackingOn({ dataDir }: AgentProcess): readonly string[] {
  return generationsOf(dataDir).problems.filter((each) => each.includes('lacks'));
}

function repodataIn(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => path.includes('repodata'));
}

/** Returns the id of the process that is building an environment on a node. */
function builderOf({ dataDir }: AgentProcess): number {
  const isBuilder = (pid: string): boolean => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return (
        words[0] === process.execPath &&
        words.some((word) => word.endsWith('/builder.js')) &&
        words.some((word) => word.startsWith(dataDir))
      );
    } catch {
      return false;
    }
  };
  const [pid] = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isBuilder(name));
  if (pid === undefined) throw new Error('nothing is built');
  return Number(pid);
}
