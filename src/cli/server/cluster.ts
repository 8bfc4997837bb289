import { cluster } from '#domain/cluster/aggregate.js';
import { randomUUID } from 'node:crypto';
import { Argument, InvalidArgumentError, type Command } from 'commander';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { beginEpoch } from '#src/features/backup/index.js';
import { CLUSTER_LEVEL } from '#domain/kernel/event/cluster-level.js';
import { ZONE_DATA_VERSION } from '#domain/tasks/schedule/index.js';
import { useZoneData } from '#src/features/zone-data/index.js';
import type { Catalog } from '#domain/kernel/catalog/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { uncausedContext } from '#domain/kernel/ports/command-executor.js';
import { openCommandExecutor } from '#src/engine/commands/index.js';
import { readSettings, type Settings } from '#src/process/index.js';
import {
  lockDataDirectory,
  openEventStoreReadOnly,
  openSqliteEventStore,
} from '#src/engine/event-store/index.js';
import { parseFormat, printJson, type Format, printLine } from '../shared/output.js';
import { connectEventStore } from '#src/stores/connect.js';

export function addClusterCommands(program: Command, { categories }: Pick<Catalog, 'categories'>): void {
  const commands = program.command('cluster').description('manage the cluster as a whole');
  commands
    .command('level')
    .description('show the cluster level of the log and the level that this version supports')
    .option('-o, --output <format>', 'table or json', 'table')
    .action(async ({ output }: { readonly output: string }) => {
      const format = parseFormat(output);
      const settings = readSettings(process.env);
      await on(await openForReading(settings, categories), async (store) =>
        say(await levelOf(store), format),
      );
    });
  commands
    .command('raise-level')
    .description(
      'allow newer events once every server runs a version that supports them; servers that run older versions stop. The embedded log must not be in use',
    )
    .addArgument(new Argument('<level>', `up to ${CLUSTER_LEVEL} in this version`).argParser(wholeNumber))
    .option('-o, --output <format>', 'table or json', 'table')
    .action(async (level: number, { output }: { readonly output: string }) => {
      const format = parseFormat(output);
      const settings = readSettings(process.env);
      await on(await openForWriting(settings, categories), async (store) =>
        say(await raise(store, level), format),
      );
    });
  commands
    .command('use-zone-data')
    .description(
      `decide schedules with the time zone database of this version (${ZONE_DATA_VERSION}), even if the log names a newer one, after going back to an older version. The embedded log must not be in use`,
    )
    .option('-o, --output <format>', 'table or json', 'table')
    .action(async ({ output }: { readonly output: string }) => {
      const format = parseFormat(output);
      const settings = readSettings(process.env);
      await on(await openForWriting(settings, categories), async (store) => {
        const version = await withExecutor(store, (executor) =>
          useZoneData(executor, 'operator', undefined, true),
        );
        if (format === 'json') printJson({ version });
        else printLine(`schedules are decided with the time zone database ${version}`);
      });
    });
  commands
    .command('begin-epoch')
    .description(
      'mark the log as restored after its files were put back without "muster restore", and so accept that it lacks what servers had read. No server may use the log',
    )
    .option('-o, --output <format>', 'table or json', 'table')
    .addHelpText(
      'after',
      '\nAgents still have records of what ran after the backup. In a new epoch, new allocations get different ids, so agents cannot mistake them for older ones.\nA server that has read more than the log contains serves reads only until then.\nRun it once per restore, before the first server starts.',
    )
    .action(async ({ output }: { readonly output: string }) => {
      const format = parseFormat(output);
      const settings = readSettings(process.env);
      await on(await openForWriting(settings, categories), async (store) => {
        const epoch = await beginEpoch(store, systemClock, 'restored');
        if (format === 'json') printJson({ epoch });
        else printLine(`the log is now in epoch ${epoch}`);
      });
    });
}

async function levelOf(store: EventStore): Promise<number> {
  return await withExecutor(store, async (executor) => (await executor.load(cluster, 'cluster')).level);
}

async function raise(store: EventStore, level: number): Promise<number> {
  const context = uncausedContext(randomUUID(), 'operator', 'cluster');
  return await withExecutor(
    store,
    async (executor) =>
      (
        await executor.execute(
          cluster,
          'cluster',
          { kind: 'raise-level', level, known: CLUSTER_LEVEL },
          context,
        )
      ).state.level,
  );
}

async function withExecutor<Result>(
  store: EventStore,
  work: (executor: Awaited<ReturnType<typeof openCommandExecutor>>) => Promise<Result>,
): Promise<Result> {
  const executor = await openCommandExecutor({ store, clock: systemClock, writer: randomUUID() });
  try {
    return await work(executor);
  } finally {
    await executor.close();
  }
}

function say(level: number, format: Format): void {
  if (format === 'json') printJson({ level, known: CLUSTER_LEVEL });
  else printLine(`the cluster is at level ${level}; this version of Muster supports ${CLUSTER_LEVEL}`);
}

interface Opened {
  readonly store: EventStore;
  readonly release?: () => void;
}

async function openForReading(
  { eventStoreUrl: url, dataDir }: Settings,
  categories: readonly string[],
): Promise<Opened> {
  return {
    store:
      url === undefined
        ? openEventStoreReadOnly(dataDir)
        : await connectEventStore({ kind: 'esdb', url, categories }),
  };
}

async function openForWriting(
  { eventStoreUrl: url, dataDir }: Settings,
  categories: readonly string[],
): Promise<Opened> {
  if (url !== undefined) return { store: await connectEventStore({ kind: 'esdb', url, categories }) };
  const lock = lockDataDirectory(dataDir);
  try {
    return { store: await openSqliteEventStore({ directory: dataDir, lock }), release: () => lock.release() };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function on({ store, release }: Opened, work: (store: EventStore) => Promise<void>): Promise<void> {
  try {
    await work(store);
  } finally {
    await store.close();
    release?.();
  }
}

function wholeNumber(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('must be a whole number');
  return Number(text);
}
