import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { detectCgroups } from '#agents/drivers/exec/cgroup.js';
import { ExecDriver } from '#agents/drivers/exec/exec-driver.js';
import { ForeignProcesses } from '#agents/drivers/exec/foreign-processes.js';
import { taskProcesses } from '#agents/drivers/exec/left-processes.js';
import { isAlive, readProcess } from '#agents/drivers/exec/process-table.js';
import { UnknownLogError, type IsKnown } from '#agents/drivers/driver.js';
import { OwnWork } from '#agents/drivers/own-work.js';
import { TenantUsers } from '#agents/users/tenant-users.js';
import { FOREIGN_PROCESS_GPUS, FOREIGN_PROCESSES } from '#domain/kernel/resources.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { until } from '../../support/peer-server.js';
import { UNSET } from '../../support/settings.js';

const silence = (): void => undefined;
const SILENT = { debug: silence, info: silence, warn: silence, error: silence };
const [ONE, OTHER] = ['1'.repeat(32), '2'.repeat(32)];
const GPU = `GPU-${randomUUID()}`;

/** Begins agents' drivers of one node id, each with a directory of its own. */
async function startNode(t: Test) {
  const nodeId = `n-${randomUUID().slice(0, 8)}`;
  const life = new AbortController();
  const running: Promise<void>[] = [];
  t.teardown(async () => {
    life.abort();
    await Promise.all(running);
  });
  const cgroups = await detectCgroups(nodeId);
  const agent = async (log: string | undefined, known: Promise<void> = Promise.resolve()) => {
    const directory = ownFolder(t);
    const identity = { id: log, known };
    const ownWork = new OwnWork(nodeId, identity);
    const users = await TenantUsers.open({ directory, range: { first: 341_000, last: 341_999 } });
    const parts = { settings: UNSET, nodeId, ownWork, directory, cgroups, users, clock: systemClock };
    const driver = new ExecDriver({ ...parts, life: life.signal });
    return {
      identity,
      ownWork,
      driver,
      async sweep(isKnown: IsKnown) {
        running.push(driver.run(isKnown, life.signal));
        await driver.swept();
      },
      /** Starts a task. */
      async start(allocationId: string) {
        const folder = path.join(directory, allocationId);
        const task = await driver.start({
          nodeId,
          log: identity.id,
          epoch: 1,
          allocationId,
          jobId: 'j',
          group: 'g',
          gpuDevices: [0],
          gpuNames: [GPU],
          directory: folder,
          task: { name: 'main', driver: 'exec' },
          config: { command: 'touch "$HOME/begun"; exec sleep 600' },
        });
        t.teardown(() => task.stop(0));
        await until(() => existsSync(path.join(folder, 'local', 'begun')));
        const processes = taskProcesses().filter(
          (made) => made.allocation === allocationId && made.log === identity.id,
        );
        const births = processes.map(({ pid }) => [pid, readProcess(pid)?.birth ?? 0] as const);
        return { task, isRunning: () => births.some(([pid, birth]) => isAlive(pid, birth)) };
      },
    };
  };
  return { nodeId, agent };
}

void t.test(
  'agents of two logs with one node id do not end each other’s processes, and show them',
  async (t) => {
    const { nodeId, agent } = await startNode(t);
    const [one, other] = [await agent(ONE), await agent(OTHER)];
    // Both logs have a job of this name, so the ids of its allocations are the same.
    const id = randomUUID();
    const [first, second] = [await one.start(id), await other.start(id)];
    const attributes = (of: OwnWork) => new ForeignProcesses(of, SILENT).attributes(new Set());
    t.match(attributes(one.ownWork), {
      [FOREIGN_PROCESSES]: new RegExp(`(^| )${nodeId}@22222222($| )`),
      [FOREIGN_PROCESS_GPUS]: new RegExp(`(^| )${GPU}=${nodeId}@22222222($| )`),
    });
    t.match(attributes(other.ownWork), { [FOREIGN_PROCESSES]: new RegExp(`(^| )${nodeId}@11111111($| )`) });

    await one.driver.endLeft(id);
    t.notOk(first.isRunning(), 'an agent ends its own');
    await one.sweep(() => false);
    await one.driver.endLeft(id);
    t.ok(second.isRunning(), 'but not the process of the other log');

    const withoutDirectory = await agent(OTHER);
    // Its journal has an allocation with this id again, of another log.
    await withoutDirectory.sweep((_, made) => made?.log === ONE);
    await until(() => !second.isRunning());
    t.notOk(second.isRunning(), 'an agent of the other log whose directory was lost does');
  },
);

void t.test(
  'an agent whose directory was lost ends its former processes once a server has told the log',
  async (t) => {
    const { agent } = await startNode(t);
    const id = randomUUID();
    const [own, foreign] = [
      await (await agent(ONE)).start(id),
      await (await agent(OTHER)).start(randomUUID()),
    ];
    let tell: () => void = silence;
    const known = new Promise<void>((resolve) => (tell = resolve));
    const next = await agent(undefined, known);
    await next.sweep(() => false);
    t.ok(own.isRunning(), 'until then, it may be that of another log');
    await t.rejects(next.driver.endLeft(id), UnknownLogError, 'and is not reported as stopped');
    next.identity.id = ONE;
    tell();
    await until(() => !own.isRunning());
    await next.driver.swept();
    t.notOk(own.isRunning());
    t.ok(foreign.isRunning());
    await next.driver.endLeft(id);
  },
);
