import { execDriver, type ExecConfig } from '#domain/drivers/exec/index.js';
import type { DriverRoom } from '../driver.js';
import { detectCgroups } from './cgroup.js';
import { ExecDriver } from './exec-driver.js';

/** Tasks as processes of the host. */
export const exec: DriverRoom<ExecConfig> = {
  definition: execDriver,
  needs: '/bin/sh; limits and whole groups that end together need control groups that the agent may write',
  limits: ['cpu', 'memory'],
  async open({ directory, nodeId, clock, life, logBounds }) {
    const cgroups = await detectCgroups(nodeId);
    return new ExecDriver({ directory, cgroups, clock, life, ...(logBounds === undefined ? {} : { logBounds }) });
  },
};
