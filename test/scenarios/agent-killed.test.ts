import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { dockerdMissing, startDockerd } from '../fixtures/dockerd.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder, processesUnder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { Diary, isAlive, job } from '../fixtures/jobs.js';
import { required } from '../fixtures/requirement.js';
import { startServer, type Server } from '../fixtures/server.js';

t.setTimeout(900_000);

const RUNNING = 4;

void t.test(
  'an agent killed with -9 recovers its processes and containers, and reports exit codes from the time in between',
  async (t) => {
    const missing = dockerdMissing();
    if (!required(t, missing === undefined, missing ?? '')) return;
    const dockerd = await startDockerd();
    t.teardown(() => dockerd.stop());
    await dockerd.importImage('busybox:test');
    const folder = ownFolder(t);
    const diary = new Diary(join(folder, 'diary'));
    mkdirSync(diary.folder);
    const server = await startServer(t, { dataDir: join(folder, 'server') });
    const agent = await startAgent(t, server, {
      dataDir: join(folder, 'agent'),
      env: { DOCKER_HOST: dockerd.host },
    });

    const long = Array.from({ length: RUNNING }, (_, index) => `long-${index}`);
    for (const id of long)
      await server.api.submit(job(id, { command: diary.command(id, 3600), cpu: 20, memory: 16 }));
    await server.api.submit(
      job('container', { image: 'busybox:test', command: 'sleep 3600', cpu: 20, memory: 16 }),
    );
    const ends = [0, 7, 42];
    for (const code of ends)
      await server.api.submit(
        job(`ends-${code}`, { command: waitForFile(join(folder, `go-${code}`), code), cpu: 20, memory: 16 }),
      );
    await server.api.submit(
      job('container-ends', {
        image: 'busybox:test',
        command: `sh -c "until [ -e /go ]; do sleep 0.1; done; exit 9"`,
        cpu: 20,
        memory: 16,
      }),
    );

    for (const id of [...long, 'container', 'container-ends', ...ends.map((code) => `ends-${code}`)])
      await server.api.jobIs(id, 'running', 30_000);
    await eventually(() => long.every((id) => diary.count(id, 'started') === 1), {
      what: 'the first line of every task',
    });
    const pids = long.map((id) => diary.pid(id));
    const containers = await containerIds();
    const before = await allocations(server);

    for (let round = 0; round < 3; round += 1) {
      await agent.kill();
      t.ok(pids.every(isAlive), 'tasks outlive their agent');
      const code = ends[round] ?? 0;
      writeFileSync(join(folder, `go-${code}`), '');
      // Only the supervisor is left, which waits until an agent has read the output.
      await eventually(() => processesUnder(join(folder, `go-${code}`)).length <= 1, {
        what: `the end of the task that ends with ${code}`,
      });
      if (round === 0) await endContainer();
      await agent.start();
      const ended = await server.api.jobIs(`ends-${code}`, code === 0 ? 'complete' : 'failed', 20_000);
      t.match(
        ended.allocations[0],
        { tasks: { main: { exit_code: code } } },
        `exit code ${code} of a task that ended without a running agent is reported`,
      );
    }
    const container = await server.api.jobIs('container-ends', 'failed', 30_000);
    t.match(
      container.allocations[0],
      { tasks: { main: { exit_code: 9 } } },
      'the exit code of the container is reported',
    );

    for (const id of long) await server.api.jobIs(id, 'running');
    t.same(
      long.map((id) => diary.pid(id)),
      pids,
      'the same processes are still running',
    );
    t.ok(pids.every(isAlive));
    t.same(
      long.map((id) => diary.count(id, 'started')),
      long.map(() => 1),
      'no task was started twice',
    );
    t.same(await containerIds(), containers, 'the same container is still running');
    t.same(await allocations(server), before, 'the allocations are unchanged');

    for (const id of [...long, 'container']) t.equal((await server.api.delete(`/jobs/${id}`)).status, 200);
    await eventually(() => pids.every((pid) => !isAlive(pid)), {
      what: 'the end of the processes after DELETE',
    });
    await eventually(async () => (await dockerd.docker.listContainers()).length === 0, {
      what: 'the end of the container after DELETE',
    });
    await invariantsHold(t, server);

    async function endContainer(): Promise<void> {
      const { Id } =
        (await dockerd.docker.listContainers()).find((each) => each.Command.includes('/go')) ?? {};
      if (Id === undefined) throw new Error('the container that waits for /go is not running');
      const container = dockerd.docker.getContainer(Id);
      const touch = await container.exec({ Cmd: ['touch', '/go'] });
      await touch.start({ Detach: true });
      await container.wait();
    }

    async function containerIds(): Promise<string[]> {
      return (await dockerd.docker.listContainers())
        .filter((each) => each.Command.includes('3600'))
        .map((each) => each.Id);
    }
  },
);

void t.test('an agent killed while it starts tasks starts no task twice', async (t: Test) => {
  const folder = ownFolder(t);
  const diary = new Diary(join(folder, 'diary'));
  mkdirSync(diary.folder);
  const server = await startServer(t, { dataDir: join(folder, 'server') });
  const agent = await startAgent(t, server, { dataDir: join(folder, 'agent') });
  const ids: string[] = [];
  for (let round = 0; round < 10; round += 1) {
    const batch = Array.from({ length: 4 }, (_, index) => `r${round}-${index}`);
    ids.push(...batch);
    await Promise.all(
      batch.map((id) => server.api.submit(job(id, { command: diary.command(id, 3600), cpu: 5, memory: 4 }))),
    );
    // The kills hit different moments of the start, between the order and the last task's first line.
    const seen = round % 5;
    await eventually(() => batch.filter((id) => diary.count(id, 'started') > 0).length >= seen, {
      interval: 1,
      what: `${seen} started tasks`,
    });
    await agent.kill();
    await agent.start();
  }
  for (const id of ids) await server.api.jobIs(id, 'running', 30_000);
  t.same(
    ids.map((id) => [id, diary.count(id, 'started'), diary.count(id, 'doubled')]),
    ids.map((id) => [id, 1, 0]),
  );
  await invariantsHold(t, server);
});

async function allocations(server: Server): Promise<string[]> {
  return (await server.api.jobs())
    .flatMap((each) => each.allocations.map((allocation) => allocation.allocation_id))
    .sort();
}

function waitForFile(file: string, exitCode: number): string {
  return `while [ ! -e '${file}' ]; do sleep 0.05; done; exit ${exitCode}`;
}
