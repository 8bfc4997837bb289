import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { OwnWork } from '#agents/drivers/own-work.js';
import { detectCgroups } from '#agents/drivers/exec/cgroup.js';
import { ExecDriver } from '#agents/drivers/exec/exec-driver.js';
import { ForeignProcesses } from '#agents/drivers/exec/foreign-processes.js';
import { TenantUsers } from '#agents/users/tenant-users.js';
import { FOREIGN_PROCESS_GPUS, FOREIGN_PROCESSES } from '#domain/kernel/resources.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { canBeOthers } from '../../../fixtures/other-user.js';
import { until } from '../../support/peer-server.js';
import { UNSET } from '../../support/settings.js';

const silence = (): void => undefined;
const SILENT = { debug: silence, info: silence, warn: silence, error: silence };
const FORGED = `GPU-f${randomUUID().slice(1)}`;

/** Each variable that could name a node or GPUs, as itself and within another. */
const HOSTILE = {
  MUSTER_NODE_ID: 'forged',
  MUSTER_ALLOC_ID: 'forged',
  MUSTER_GPUS: '7',
  MUSTER_GPU_UUIDS: `${FORGED},${FORGED}=other ${FORGED}`,
  MUSTER_S_GPUS: FORGED,
  MUSTER_S_BOOT: 'forged',
  NVIDIA_VISIBLE_DEVICES: FORGED,
  E0: `MUSTER_S_GPUS=${FORGED}`,
  E1: 'MUSTER_NODE_ID=forged',
};

for (const [who, user] of [
  ["the agent's own user", undefined],
  ['another user', 'nobody'],
] as const)
  void t.test(
    `the environment of a task names no other node and no GPUs, as ${who}`,
    { skip: user === undefined || canBeOthers() ? false : 'needs root' },
    async (t) => {
      const directory = ownFolder(t);
      const life = new AbortController();
      t.teardown(() => life.abort());
      const nodeId = `n-${randomUUID().slice(0, 8)}`;
      const driver = new ExecDriver({
        settings: UNSET,
        nodeId,
        directory,
        cgroups: await detectCgroups(nodeId, '/dev/null'),
        users: await TenantUsers.open({ directory, range: { first: 340_000, last: 340_999 } }),
        clock: systemClock,
        life: life.signal,
      });
      const start = async (id: string, gpuNames: readonly string[]): Promise<void> => {
        const folder = path.join(directory, id);
        const task = await driver.start({
          nodeId,
          epoch: 1,
          allocationId: id,
          jobId: 'j',
          group: 'g',
          gpuDevices: gpuNames.map((_, index) => index),
          gpuNames,
          directory: folder,
          task: { name: 'main', driver: 'exec', env: HOSTILE },
          config: { command: 'touch "$HOME/begun"; exec sleep 600', ...(user !== undefined && { user }) },
        });
        t.teardown(() => task.stop(0));
        await until(() => existsSync(path.join(folder, 'local', 'begun')));
      };
      const seen = (): readonly string[][] => {
        const found = new ForeignProcesses(new OwnWork('another'), SILENT).attributes(new Set());
        return [FOREIGN_PROCESSES, FOREIGN_PROCESS_GPUS].map((name) =>
          String(found[name] ?? '')
            .split(' ')
            .filter((each) => [nodeId, 'forged', 'other', FORGED].some((word) => each.includes(word))),
        );
      };
      await start('without', []);
      t.same(seen(), [[nodeId], []]);
      // 70 names, of which one agent cannot have assigned all, and texts that no GPU has.
      const many = Array.from({ length: 70 }, (_, index) => `GPU-${String(index).padStart(8, '0')}`);
      await start('with', ['GPU-1 x', 'GPU-2=x', 'all', 'x'.repeat(100_000), '3', ...many]);
      const [nodes, gpus] = seen();
      t.same(nodes, [nodeId]);
      t.same(gpus, ['3', ...many.slice(0, 63)].map((each) => `${each}=${nodeId}`).sort());
    },
  );
