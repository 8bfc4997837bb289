import { execDriver, type ExecConfig } from '#domain/drivers/exec/index.js';
import type { DriverHost, DriverModule } from '../driver.js';
import { detectCgroups } from './cgroup.js';
import { ExecDriver } from './exec-driver.js';

export const exec: DriverModule<ExecConfig> = {
  definition: execDriver,
  needs: '/bin/sh; limits and whole groups that end together need control groups that the agent may write',
  limits: ['cpu', 'memory'],
  open: openProcesses,
};

/** Runs processes for other drivers that map their tasks to those of this one. */
export async function openProcesses({
  directory,
  nodeId,
  users,
  namespaces,
  clock,
  life,
  logBounds,
  maxProcesses,
  diskLimits,
  tasksEndWithAgent,
}: DriverHost): Promise<ExecDriver> {
  const cgroups = await detectCgroups(nodeId);
  return new ExecDriver({
    directory,
    cgroups,
    namespaces,
    users,
    clock,
    life,
    maxProcesses,
    diskLimits,
    tasksEndWithAgent,
    ...(logBounds === undefined ? {} : { logBounds }),
  });
}

export { checkStart, userOf } from './user.js';
export { detectNamespaces, type Namespaces } from './private-directories.js';
export { TASK_PATH } from './environment.js';
export type { ExecDriver } from './exec-driver.js';
