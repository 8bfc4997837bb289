import type { Clock } from '#domain/kernel/ports/clock.js';
import { Checker } from './checks/checker.js';
import type { Drivers } from './drivers/drivers.js';
import type { Disk } from './platform/files/disk.js';
import { Journal } from './journal/journal.js';
import type { LogIdentity } from './drivers/log-identity.js';
import type { AgentLog } from './platform/log.js';
import type { Machine } from './machine.js';
import { answerQueries, type AgentQueries } from './queries/agent-queries.js';
import { Reporter, type ReporterParts } from './reporter.js';
import { Allocations } from './runner/allocations.js';
import type { Retention } from './runner/retention.js';
import type { TaskFolders } from './task-files.js';
import type { ServerClient } from './platform/transport/server-client.js';
import { watchForChange } from './watch-for-change.js';

export interface AgentPorts {
  readonly nodeId: string;
  readonly server: ServerClient;
  readonly drivers: Drivers;
  readonly machine: Machine;
  readonly disk: Disk;
  readonly journalFolder: string;
  readonly tasksFolder: string;
  readonly folders: TaskFolders;
  readonly endpoints?: Pick<ReporterParts, 'keepParts'>;
  readonly retention: Retention;
  /** Keeps the id of the servers' log. Default: it is not kept. */
  readonly logIdentity?: Pick<LogIdentity, 'id' | 'keep'> | undefined;
  readonly heartbeatMs: number;
  readonly clock: Clock;
  readonly log: AgentLog;
  readonly random: () => number;
  readonly life: AbortSignal;
}

export interface Agent {
  readonly allocations: Allocations;
  readonly queries: AgentQueries;
  readonly reporter: Reporter;
  readonly journal: Journal;
  readonly recovered: number;
  run(): Promise<void>;
}

const DRIVER_PROBE_MS = 15_000;
/** A GPU failure is detected (two failed probes in a row) within 30 seconds, including the run time of `nvidia-smi`. */
const GPU_PROBE_MS = 8_000;

/** Composes the agent from its ports. It does not start anything: see `Allocations.resume` and {@link Agent.run}. */
export async function composeAgent(ports: AgentPorts): Promise<Agent> {
  const { nodeId, server, drivers, machine, disk, logIdentity, clock, log, random, life } = ports;
  const { journal, records } = await Journal.open(ports.journalFolder, log, { disk });
  const allocations = new Allocations(
    {
      nodeId,
      logId: () => logIdentity?.id,
      drivers,
      journal,
      checker: new Checker(clock),
      boot: machine.boot,
      directory: ports.tasksFolder,
      folders: ports.folders,
      deviceName: (number) => machine.deviceName(number),
      onChange: () => reporter.changed(),
      clock,
      log,
      life,
    },
    ports.retention,
  );
  const ownGpus = (): ReadonlySet<string> =>
    new Set(
      allocations
        .list()
        .filter(({ hasEnded }) => !hasEnded)
        .flatMap(({ record }) => Object.values(record.order?.gpu_devices ?? {}).flat())
        .map((number) => machine.deviceName(number)),
    );
  const reporter = new Reporter({
    nodeId,
    client: server,
    allocations,
    observed: machine.usage(),
    registration: () => machine.registration(ownGpus()),
    isHealthy: () => journal.isHealthy(),
    ...ports.endpoints,
    logIdentity,
    heartbeatMs: ports.heartbeatMs,
    clock,
    log,
    random,
  });
  const queries = answerQueries({
    nodeId,
    allocations,
    machine: { read: () => machine.metrics() },
    observed: machine.usage(),
    drivers,
    clock,
    life,
  });
  allocations.load(records);

  /** Registers again if the node has changed, so that no work is placed here that cannot run. */
  const watch = (everyMs: number, differs: () => Promise<boolean>): Promise<void> =>
    watchForChange({ everyMs, clock, life, differs, isPaused: () => !reporter.registered }, () =>
      reporter.registerAgain(),
    );
  return {
    allocations,
    queries,
    reporter,
    journal,
    recovered: records.length,
    async run() {
      await Promise.all([
        reporter.run(life),
        journal.run(clock, life),
        allocations.run(life),
        queries.run(),
        drivers.run(allocations.isKnown, life),
        watch(DRIVER_PROBE_MS, () => drivers.differ(ownGpus())),
        watch(GPU_PROBE_MS, () => machine.devicesDiffer(ownGpus())),
      ]);
    },
  };
}
