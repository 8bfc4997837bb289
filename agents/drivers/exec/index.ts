import { execDriver, type ExecConfig } from '#domain/drivers/exec/index.js';
import type { DriverHost, DriverModule } from '../driver.js';
import { detectCgroups } from './cgroup.js';
import { ExecDriver } from './exec-driver.js';
import { ForeignProcesses } from './foreign-processes.js';

export const exec: DriverModule<ExecConfig> = {
  definition: execDriver,
  needs:
    '/bin/sh; limiting resources and killing all processes of a task require control groups that the agent can write to',
  limits: ['cpu', 'memory'],
  open: openProcesses,
};

export async function openProcesses({
  directory,
  nodeId,
  ownWork,
  users,
  namespaces,
  clock,
  life,
  settings,
  tasksEndWithAgent,
  log,
}: DriverHost): Promise<ExecDriver> {
  const cgroups = await detectCgroups(nodeId);
  return new ExecDriver({
    nodeId,
    ownWork,
    directory,
    cgroups,
    namespaces,
    users,
    clock,
    life,
    settings,
    tasksEndWithAgent,
    foreign: new ForeignProcesses(ownWork, log),
  });
}

export { checkStart, userOf } from './user.js';
export { detectNamespaces } from './private-directories.js';
export { TASK_PATH } from './environment.js';
export type { ExecDriver } from './exec-driver.js';
export type { ExecTask } from './exec-task.js';
