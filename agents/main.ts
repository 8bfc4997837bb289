import { setMaxListeners } from 'node:events';
import type { AgentOptions } from './agent-options.js';
import { agentApi, listen, type AgentAddress } from './api/listen.js';
import { composeAgent } from './app.js';
import { untilAborted } from './platform/clock/until-aborted.js';
import { variable } from './platform/environment.js';
import { closeInTime } from './close-in-time.js';
import { beginInstance, holdDirectory, makeAgentDirectory, restrictFiles } from './data-dir.js';
import { makeDataFolder } from './platform/files/data-folder.js';
import { detectNamespaces } from './drivers/exec/index.js';
import { OwnWork } from './drivers/own-work.js';
import { GpuTable } from './fingerprint/gpu-table.js';
import { closeInheritedDescriptors } from './inherited-descriptors.js';
import { joinSecretOf } from './join-secret.js';
import { LogIdentity } from './drivers/log-identity.js';
import { machineDisk } from './platform/files/disk.js';
import { codedLog, errorFields } from './platform/log.js';
import { thisMachine } from './machine.js';
import { nodeIdOf } from './node-id.js';
import { openNodeCredential } from './platform/node-secret.js';
import { openDrivers } from './open-drivers.js';
import { ServerEndpoints } from './server-endpoints.js';
import { openServerLink } from './server-link.js';
import { machineTaskFolders } from './task-files.js';
import { whyTasksEndWith } from './tasks-end.js';
import { TenantUsers } from './users/tenant-users.js';

export type { AgentOptions } from './agent-options.js';
export { DataDirHeldError, EXIT_DATA_DIR_HELD } from './data-dir.js';

export interface RunningAgent {
  readonly nodeId: string;
  readonly url: string;
  readonly finished: Promise<{ readonly running: number; readonly interrupted: number }>;
}

const CLOSE_MS = 1000;

/**
 * Starts an agent in this process and returns once it is listening. Registration follows automatically. When the signal aborts, the agent ends but
 * its tasks continue, and the next agent on the same directory takes them over.
 */
export async function runAgent(options: AgentOptions, signal: AbortSignal): Promise<RunningAgent> {
  closeInheritedDescriptors();
  // Files that the agent creates are private by default.
  process.umask(0o077);
  const { clock, random } = options;
  const log = codedLog(options.log);
  const tasksEnd = whyTasksEnd(options);
  if (tasksEnd !== undefined) log.warn({ why: tasksEnd }, 'agent.tasks-end-with-agent');
  const join = joinSecretOf(options);
  makeDataFolder(options.dataDir, { passable: true });
  const directory = makeAgentDirectory(options.dataDir);
  const letGo = await holdDirectory(directory);
  const life = new AbortController();
  // Every task, request and loop listens to this signal, so a large number of listeners is not a leak.
  setMaxListeners(0, life.signal);
  /** What to close, the newest first. */
  const closing: (() => Promise<unknown>)[] = [];
  let loops: Promise<unknown> = Promise.resolve();
  try {
    restrictFiles(directory);
    const nodeId = await nodeIdOf(options, directory, signal);
    const listening: { address?: AgentAddress } = {};
    const endpoints = await ServerEndpoints.open(directory.root, log);
    const ownParts = (): readonly string[] =>
      [
        options.serverUrl,
        options.natsUrl,
        variable('DOCKER_HOST'),
        listening.address?.url,
        listening.address?.listener,
        ...(options.ownParts ?? []),
        ...endpoints.all(),
      ].filter((part) => part !== undefined);
    const range = options.taskUids;
    const namespaces = await detectNamespaces();
    const users = await TenantUsers.open({
      directory: directory.root,
      range,
      mayShare: options.tenantsShareAgentUser,
      refusedTmp: namespaces === 'shared' && !options.tenantsShareTmp,
    });
    const logIdentity = LogIdentity.open(directory.root, log);
    const gpuTable = await GpuTable.open(directory.root, log);
    const credential = openNodeCredential(directory.root, join.token);
    const link = await openServerLink(options, nodeId, credential);
    closing.unshift(() => link.close());
    const drivers = await openDrivers({
      nodeId,
      ownWork: new OwnWork(nodeId, logIdentity, options.formerLogs),
      options,
      directory: directory.root,
      users,
      namespaces,
      tasksEndWithAgent: tasksEnd !== undefined,
      ownParts,
      client: link.client,
      life: life.signal,
    });
    const agent = await composeAgent({
      nodeId,
      server: link.client,
      drivers,
      machine: thisMachine({
        nodeId,
        instance: await beginInstance(directory.root, options.ids),
        options,
        drivers,
        gpuTable,
        users,
        address: () => listening.address,
        life: life.signal,
      }),
      disk: machineDisk,
      journalFolder: directory.journal,
      tasksFolder: directory.tasks,
      folders: machineTaskFolders,
      endpoints: { keepParts: async (parts) => await endpoints.keep(parts) },
      retention: options.retention,
      logIdentity,
      heartbeatMs: options.heartbeatSeconds * 1000,
      clock,
      log,
      random,
      life: life.signal,
    });
    const { allocations, queries, reporter, journal } = agent;
    closing.unshift(
      () => link.client.close(),
      () => loops,
      () => journal.close(),
    );
    const api = agentApi({ nodeId, options, agent, credential, demandsToken: join.demandsToken, signal });
    closing.unshift(() => api.close());
    const address = (listening.address = await listen(api, options));
    allocations.resume();

    loops = Promise.all([
      agent.run(),
      link.nats?.serve({
        allocations,
        queries,
        epoch: () => reporter.epoch,
        isRefused: () => reporter.refused,
        secret: () => credential.secret(),
        life: life.signal,
      }),
    ]).catch((error: unknown) => log.error(errorFields(error), 'agent.loop-failed'));

    const finished = untilAborted(signal).then(async () => {
      const interrupted =
        tasksEnd === undefined
          ? 0
          : await allocations.interrupt('the agent ended, and its container with it', CLOSE_MS);
      const running = allocations.running();
      life.abort();
      // Steps that do not finish in time are abandoned. That is safe, because state is on disk before it takes effect.
      await closeInTime(closing, { clock, limitMs: CLOSE_MS, log });
      letGo();
      log.info({ nodeId, running, interrupted }, 'agent.stopped');
      return { running, interrupted };
    });
    log.info({ nodeId, url: address.url, recovered: agent.recovered }, 'agent.listening');
    return { nodeId, url: address.url, finished };
  } catch (error) {
    life.abort();
    await closeInTime(closing, { clock, limitMs: CLOSE_MS, log });
    letGo();
    throw error;
  }
}

function whyTasksEnd({ tasksOutliveAgent, endsWith = process.pid }: AgentOptions): string | undefined {
  if (tasksOutliveAgent === undefined) return whyTasksEndWith(endsWith);
  return tasksOutliveAgent ? undefined : 'MUSTER_TASKS_OUTLIVE_AGENT is false';
}
