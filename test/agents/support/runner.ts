import { randomUUID } from 'node:crypto';
import type { Test } from 'tap';
import { machineBoot } from '#agents/boot-id.js';
import { Checker } from '#agents/checks/checker.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { makeAgentDirectory, readNodeId } from '#agents/data-dir.js';
import { Drivers } from '#agents/drivers/drivers.js';
import { OwnWork } from '#agents/drivers/own-work.js';
import { exec } from '#agents/drivers/exec/index.js';
import { Journal, type JournalOptions } from '#agents/journal/journal.js';
import type { AgentLog } from '#agents/platform/log.js';
import { Allocations } from '#agents/runner/allocations.js';
import type { Retention } from '#agents/runner/retention.js';
import { machineTaskFolders } from '#agents/task-files.js';
import { TenantUsers } from '#agents/users/tenant-users.js';
import type { AllocationReport } from '#domain/protocol/index.js';
import { ownFolder } from '../../fixtures/folder.js';
import { TestClock } from '../../fixtures/test-clock.js';
import { HandDriver, handRoom } from './hand-driver.js';
import { until } from './peer-server.js';
import { UNSET } from './settings.js';

export interface RunnerOptions {
  /** Data directory of an earlier agent. Default: a new folder. */
  readonly dataDir?: string;
  readonly retention?: Partial<Retention>;
  readonly journal?: JournalOptions;
}

/**
 * The part of an agent that runs allocations, in the test's own process with a journal and the drivers `exec` and `hand`. Except for the processes of
 * `exec`, time is the test's clock.
 */
export async function openRunner(
  t: Test,
  { dataDir = ownFolder(t), retention, journal: journalOptions }: RunnerOptions = {},
) {
  const directory = makeAgentDirectory(dataDir);
  // Stored in the directory, so that the next agent has the same id and finds and removes the control groups.
  const nodeId = await readNodeId(directory, undefined, { uuid: () => randomUUID() });
  const logged: { readonly code: string; readonly fields: object }[] = [];
  const write = (fields: object, code: string): void => void logged.push({ code, fields });
  const log: AgentLog = { debug: write, info: write, warn: write, error: write };
  const clock = new TestClock(Math.floor(systemClock.now() / 1000) * 1000);
  const life = new AbortController();
  const { journal, records } = await Journal.open(directory.journal, log, journalOptions);
  const hand = new HandDriver(clock);
  const drivers = await Drivers.open([exec, handRoom(hand)], {
    nodeId,
    ownWork: new OwnWork(nodeId),
    directory: directory.root,
    publishHost: '127.0.0.1',
    users: await TenantUsers.open({ directory: directory.root, range: UNSET.taskUids }),
    settings: UNSET,
    ownParts: () => [],
    documents: { fetch: () => Promise.reject(new Error('no task of these tests needs a document')) },
    clock: systemClock,
    log,
    life: life.signal,
  });
  const allocations = new Allocations(
    {
      nodeId,
      drivers,
      journal,
      checker: new Checker(clock),
      clock,
      log,
      boot: machineBoot,
      directory: directory.tasks,
      folders: machineTaskFolders,
      onChange: () => undefined,
      life: life.signal,
    },
    { ...UNSET.retention, ...retention },
  );
  allocations.load(records);
  allocations.resume();
  /** Ends the agent, while its tasks continue. */
  const close = async (): Promise<void> => {
    life.abort();
    await journal.close();
  };
  t.teardown(close);
  const report = (id: string): AllocationReport | undefined => allocations.reports('all').reports[id];
  return {
    allocations,
    clock,
    close,
    dataDir,
    directory,
    hand,
    journal,
    logged,
    nodeId,
    report,
    async reported(id: string, status: string): Promise<AllocationReport> {
      await until(
        () => report(id)?.status === status,
        () => `${id} is ${JSON.stringify(report(id))}, not ${status}`,
      );
      return report(id)!;
    },
    /** Reconciles with a server that has received all reports and wants only these. */
    async want(...orders: Parameters<Allocations['reconcile']>[0]['allocations']): Promise<void> {
      allocations.acknowledge(allocations.reports('all').reports);
      await allocations.reconcile(
        { node_id: nodeId, epoch: 1, digest: '', allocations: orders },
        allocations.known(),
      );
    },
    idsOf: (code: string): unknown[] =>
      logged
        .filter((each) => each.code === code)
        .map(({ fields }) => (fields as { readonly allocationId?: string }).allocationId),
  };
}
