import { setMaxListeners } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Registration } from '#domain/protocol/index.js';
import type { AgentOptions } from './agent-options.js';
import { buildApi } from './api/api.js';
import type { Demanded } from './api/authorization.js';
import { Checker } from './checks/checker.js';
import { untilAborted } from './clock/until-aborted.js';
import {
  holdDirectory,
  makeAgentDirectory,
  readEnrolledId,
  readNodeId,
  type AgentDirectory,
} from './data-dir.js';
import { makeDataFolder } from './data-folder.js';
import { DEFAULT_CONDA } from './drivers/conda/index.js';
import { Drivers } from './drivers/drivers.js';
import { detectNamespaces } from './drivers/exec/index.js';
import { DRIVERS } from './drivers/list.js';
import { askNodeId } from './enrolment.js';
import { FetchedDocuments } from './fetched-documents.js';
import { GPU_LIMIT_MS, takeFingerprint } from './fingerprint/fingerprint.js';
import { GpuTable } from './fingerprint/gpu-table.js';
import { limitedBy } from './fingerprint/limited.js';
import { GpuReader } from './fingerprint/gpus.js';
import { ObservedUsage } from './fingerprint/observed-usage.js';
import { Journal } from './journal/journal.js';
import { effectiveAccess, HostNames, LocalConnections } from './listener/index.js';
import { codedLog, errorFields } from './log.js';
import { isLoopback } from './loopback.js';
import { MachineMetrics } from './machine-metrics.js';
import { answerQueries } from './queries/answer-queries.js';
import { OpenStoreWatch } from './open-stores/watch.js';
import { openNodeCredential, type NodeCredential } from './node-secret.js';
import { orderToken } from './order-token.js';
import { Reporter } from './reporter.js';
import { readSecretFile } from './secret-file.js';
import { Allocations } from './runner/allocations.js';
import { DEFAULT_RETENTION } from './runner/retention.js';
import { closeInheritedDescriptors } from './inherited-descriptors.js';
import { checkEndpoint } from './transport/endpoint.js';
import { whyTasksEndWith } from './tasks-end.js';
import { ServerEndpoints } from './server-endpoints.js';
import { DEFAULT_TASK_UIDS, TenantUsers } from './users/tenant-users.js';
import type { NatsEnd } from './api/nats/agent-end.js';
import { areLoopback, joinTokenOf } from './transport/nats/options.js';
import { createServerClient, REQUEST_TIMEOUT_MS, type ServerClient } from './transport/server-client.js';

export type { AgentOptions } from './agent-options.js';
export { DataDirHeldError, EXIT_DATA_DIR_HELD } from './data-dir.js';

export interface RunningAgent {
  readonly nodeId: string;
  readonly url: string;
  readonly finished: Promise<{ readonly running: number; readonly interrupted: number }>;
}

const MAX_CONNECTIONS = 1024;
const DRIVER_PROBE_MS = 15_000;
/** A failing GPU is noticed (twice in a row) within 30 seconds, including the time of `nvidia-smi`. */
const GPU_PROBE_MS = 8_000;
const CLOSE_MS = 1000;

/**
 * Starts an agent in this process and returns when it listens; registration follows on its own. When the signal aborts, the agent ends but its tasks
 * go on, and the next agent on the same directory takes them over.
 */
export async function runAgent(options: AgentOptions, signal: AbortSignal): Promise<RunningAgent> {
  closeInheritedDescriptors();
  // Files that the agent creates are private unless it decides otherwise.
  process.umask(0o077);
  const { clock } = options;
  const log = codedLog(options.log);
  const loopback = isLoopback(options.host);
  const { natsUrl, joinTokenFile } = options;
  const joinToken = joinTokenFile === undefined ? options.joinToken : () => readSecretFile(joinTokenFile);
  if (joinTokenFile !== undefined) readSecretFile(joinTokenFile);
  const tasksEnd = whyTasksEnd(options);
  if (tasksEnd !== undefined) log.warn({ why: tasksEnd }, 'agent.tasks-end-with-agent');
  if (natsUrl !== undefined && !areLoopback(natsUrl) && joinToken === undefined) {
    throw new Error('NATS on another machine requires a join token: others can publish there');
  }
  const natsToken = natsUrl === undefined ? undefined : (joinToken ?? joinTokenOf(natsUrl));
  if (natsUrl !== undefined && natsToken === undefined)
    throw new Error('NATS without credentials in its URL requires a join token');
  if (!loopback && joinToken === undefined)
    throw new Error(`listening on ${options.host}, which is not loopback, requires a join token`);
  makeDataFolder(options.dataDir, { passable: true });
  const directory = makeAgentDirectory(options.dataDir);
  const letGo = await holdDirectory(directory);
  const life = new AbortController();
  // Every task, request and loop listens to this signal: many listeners are no leak.
  setMaxListeners(0, life.signal);
  const opened: { close(): Promise<unknown> }[] = [];
  try {
    const nodeId = await nodeIdOf(options, directory, signal);
    const { journal, records } = await Journal.open(directory.journal, log);
    opened.push(journal);
    const address: { url: string; host: string; listener?: string } = { url: '', host: '' };
    const toldParts = await ServerEndpoints.open(directory.root, log);
    const ownParts = (): readonly string[] =>
      [
        options.serverUrl,
        natsUrl,
        process.env.DOCKER_HOST,
        address.url,
        address.listener,
        ...(options.ownParts ?? []),
        ...toldParts.all(),
      ].filter((part) => part !== undefined);
    const range = options.taskUids ?? DEFAULT_TASK_UIDS;
    const openStores = new OpenStoreWatch({ parts: ownParts, uids: range, clock, log, life: life.signal });
    const namespaces = await detectNamespaces();
    const users = await TenantUsers.open({
      directory: directory.root,
      range,
      mayShare: options.tenantsShareAgentUser === true,
      refusedTmp: namespaces === 'shared' && options.tenantsShareTmp !== true,
      openStores: () => openStores.open,
    });
    const gpuTable = await GpuTable.open(directory.root, log);
    const credential = openNodeCredential(directory.root, natsToken ?? joinToken);
    const overNats =
      natsUrl === undefined ? undefined : await connectNats(natsUrl, nodeId, credential, options);
    if (overNats !== undefined) opened.push(overNats);
    const client = overNats?.client ?? httpClient(options, credential);
    opened.push(client);
    const drivers = await Drivers.open(options.drivers ?? DRIVERS, {
      nodeId,
      directory: directory.root,
      publishHost: options.publishHost ?? (loopback ? '127.0.0.1' : '0.0.0.0'),
      dockerSocket: options.dockerSocket,
      logBounds: options.logBounds,
      tasksEndWithAgent: tasksEnd !== undefined,
      maxProcesses: options.taskProcesses,
      diskLimits: options.taskDisk,
      volumeBytes: options.volumeBytes,
      users,
      namespaces,
      calls: {
        allowed: options.httpAllow ?? '',
        registries: options.registryAllow ?? '',
        own: ownParts,
      },
      conda: { ...DEFAULT_CONDA, ...options.conda },
      documents:
        options.documents ?? new FetchedDocuments({ nodeId, client, clock, log, random: options.random }),
      clock,
      log,
      life: life.signal,
    });
    const told: { reporter?: Reporter } = {};
    const allocations = new Allocations(
      {
        nodeId,
        drivers,
        journal,
        checker: new Checker(clock),
        clock,
        log,
        directory: directory.tasks,
        deviceName: (number) => gpuTable.nameOf(number),
        onChange: () => told.reporter?.changed(),
        life: life.signal,
      },
      options.retention ?? DEFAULT_RETENTION,
    );
    const gpus = new GpuReader(clock, undefined, life.signal);
    const queries = answerQueries({
      nodeId,
      allocations,
      machine: new MachineMetrics(nodeId, clock, gpus),
      drivers,
      clock,
      life: life.signal,
    });
    const { localAccess = 'same-user' } = options;
    if (joinToken === undefined && effectiveAccess(localAccess) === 'open')
      log.warn({ host: options.host }, 'agent.local-access-open');
    const demanded: Demanded | undefined =
      joinToken === undefined ? undefined : { token: () => demandedOf(credential) };
    const api = buildApi({
      nodeId,
      allocations,
      queries,
      log,
      demanded,
      names: new HostNames({
        listen: options.host,
        allowed: options.allowedHosts ?? [],
        advertised: () => [options.advertisedUrl],
      }),
      local: new LocalConnections(localAccess),
      epoch: () => told.reporter?.epoch,
      isReady: () => told.reporter?.registered === true && !signal.aborted,
    });
    opened.push(api);
    api.server.maxConnections = MAX_CONNECTIONS;
    // Load before the first request: known allocations must not be mistaken for new ones.
    allocations.load(records);
    await api.listen({ host: options.host, port: options.port });
    const { port } = api.server.address() as AddressInfo;
    address.listener = `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`;
    address.url = options.advertisedUrl ?? address.listener;
    const problem = checkEndpoint(address.url);
    if (problem !== undefined) throw new Error(`advertised URL ${address.url}: ${problem}`);
    address.host = new URL(address.url).hostname;
    allocations.resume();

    const registration = async (): Promise<Registration> => {
      const found = await takeFingerprint(
        options.dataDir,
        drivers,
        gpus,
        gpuTable,
        options.resources?.['gpus'],
      );
      drivers.declare(found.drivers);
      for (const lack of drivers.needs(found.drivers)) log.info(lack, 'agent.driver.not-ready');
      const attributes = { ...found.attributes, ...users.attributes(), ...options.attributes };
      for (const each of limitedBy(attributes)) log.warn(each, 'agent.node.limited');
      return {
        node_id: nodeId,
        ip_address: address.host.replace(/^\[|\]$/g, ''),
        resources: { ...found.resources, ...options.resources },
        healthy: true,
        ...(overNats === undefined ? { endpoint: address.url } : {}),
        attributes,
        drivers: [...found.drivers],
      };
    };
    // Without separate users this makes no difference: tenants' processes are refused, or may do whatever the agent
    // may.
    const looks = users.separation === 'separate' && options.tenantsReachOpenStores !== true;
    if (looks) await openStores.look();
    const reporter = new Reporter({
      nodeId,
      client,
      allocations,
      observed: new ObservedUsage(),
      clock,
      log,
      random: options.random,
      heartbeatMs: options.heartbeatSeconds * 1000,
      isHealthy: () => journal.isHealthy(),
      keepParts: async (parts) => (await toldParts.keep(parts)) && looks && (await openStores.look()),
      asksParts: looks,
      registration,
    });
    told.reporter = reporter;

    /** Registers again when a driver appeared or disappeared in two checks in a row, so that nothing is placed that cannot run. */
    const watchDrivers = async (): Promise<void> => {
      let differed = false;
      while (!life.signal.aborted) {
        await clock.sleep(DRIVER_PROBE_MS, life.signal);
        if (life.signal.aborted || !reporter.registered) continue;
        const differs = await drivers.differ();
        if (differs && differed) reporter.registerAgain();
        differed = differs && !differed;
      }
    };

    const watchGpus = async (): Promise<void> => {
      let differed = false;
      while (!life.signal.aborted) {
        await clock.sleep(GPU_PROBE_MS, life.signal);
        if (life.signal.aborted || !reporter.registered) continue;
        const differs = gpuTable.differs(await gpuTable.see(await gpus.devices(GPU_LIMIT_MS)));
        if (differs && differed) reporter.registerAgain();
        differed = differs && !differed;
      }
    };

    const loops = Promise.all([
      reporter.run(life.signal),
      journal.run(clock, life.signal),
      allocations.run(life.signal),
      drivers.run(allocations.isKnown, life.signal),
      watchDrivers(),
      watchGpus(),
      looks ? openStores.run(() => reporter.registerAgain()) : undefined,
      overNats?.serve({
        allocations,
        queries,
        epoch: () => reporter.epoch,
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
      // Whatever does not end in time is abandoned. That is safe, because state is on disk before it counts.
      const closed = new AbortController();
      const late = clock.sleep(CLOSE_MS, closed.signal);
      const inTime = async (closing: Promise<unknown>): Promise<void> => {
        await Promise.race([
          closing.catch((error: unknown) => log.warn(errorFields(error), 'agent.close-failed')),
          late,
        ]);
      };
      await inTime(api.close());
      await inTime(client.close());
      await inTime(loops);
      await inTime(overNats?.close() ?? Promise.resolve());
      await inTime(journal.close());
      closed.abort();
      letGo();
      log.info({ nodeId, running, interrupted }, 'agent.stopped');
      return { running, interrupted };
    });
    log.info({ nodeId, url: address.url, recovered: records.length }, 'agent.listening');
    return { nodeId, url: address.url, finished };
  } catch (error) {
    life.abort();
    await Promise.all(opened.map((each) => each.close()));
    letGo();
    throw error;
  }
}

function whyTasksEnd({ tasksOutliveAgent, endsWith = process.pid }: AgentOptions): string | undefined {
  if (tasksOutliveAgent === undefined) return whyTasksEndWith(endsWith);
  return tasksOutliveAgent ? undefined : 'MUSTER_TASKS_OUTLIVE_AGENT is false';
}

/** The join token does not open an agent's API: otherwise a token stolen from one node would control all others. */
function demandedOf(credential: NodeCredential): string | undefined {
  const secret = credential.secret();
  return secret === undefined ? undefined : orderToken(secret);
}

async function nodeIdOf(
  options: AgentOptions,
  directory: AgentDirectory,
  signal: AbortSignal,
): Promise<string> {
  const { nodeId, hostname, serverUrl, requestTimeoutMs = REQUEST_TIMEOUT_MS, ids, clock, random } = options;
  if (nodeId !== undefined || hostname === undefined) return await readNodeId(directory, nodeId, ids);
  if (serverUrl === undefined) throw new Error('a hostname requires the URL of the server that gives the id');
  const log = codedLog(options.log);
  return await readEnrolledId(directory, hostname, () =>
    askNodeId({ serverUrl, hostname, requestTimeoutMs, clock, log, random }, signal),
  );
}

/** Loads NATS only on demand, because it slows down the start. */
async function connectNats(
  url: string,
  nodeId: string,
  credential: NodeCredential,
  { natsOpen = false, requestTimeoutMs, heartbeatSeconds, clock, log, random }: AgentOptions,
): Promise<NatsEnd> {
  const { openNatsEnd } = await import('./api/nats/agent-end.js');
  // A lost message is not reported. It counts as lost when the next one would be due, so that a few losses do not make
  // the node look dead.
  const due = Math.max(3_000, heartbeatSeconds * 1000);
  const acceptOpen = natsOpen;
  return openNatsEnd({
    url,
    acceptOpen,
    nodeId,
    credential,
    requestTimeoutMs: Math.min(requestTimeoutMs ?? REQUEST_TIMEOUT_MS, due),
    clock,
    log: codedLog(log),
    random,
  });
}

function httpClient({ serverUrl, requestTimeoutMs }: AgentOptions, credential: NodeCredential): ServerClient {
  if (serverUrl === undefined) throw new Error('the URL of a server, or of NATS, is required');
  return createServerClient({
    serverUrl,
    credential,
    ...(requestTimeoutMs === undefined ? {} : { requestTimeoutMs }),
  });
}
