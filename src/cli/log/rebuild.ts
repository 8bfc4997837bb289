import { Argument, type Command } from 'commander';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import {
  lockDataDirectory,
  openSqliteEventStore,
  type DataDirectoryLock,
} from '#src/engine/event-store/index.js';
import { rebuildReadModels, requestRebuild } from '#src/engine/read-models/index.js';
import { FOLDS } from '#src/process/index.js';
import { Failure } from '../shared/failure.js';
import { placeOf, type LogPlaceOptions } from './log-place.js';
import { placeOfModels } from './models-place.js';
import { parseFormat, printJson, printLine, warnLine } from '../shared/output.js';
import { whereTheLogIs } from './verify.js';
import { rebuildInMongo } from '#src/stores/mongodb/index.js';

const NOT_WAITED = 'stopped waiting; the server continues the rebuild';

/** `muster rebuild NAME` sends a request to the server that fills the read models, or rebuilds the model itself if there is no such server. */
export function addRebuildCommand(program: Command, defaultDirectory: string): void {
  program
    .command('rebuild')
    .description('rebuild a read model; a running server serves the old one until the rebuild is complete')
    .addArgument(
      new Argument('<name>', 'name of the read model').choices(FOLDS.projections.map(({ name }) => name)),
    )
    .option('--data-dir <directory>', 'directory of the embedded stores (MUSTER_DATA_DIR)', defaultDirectory)
    .option('--eventstore <url>', 'use the log in this EventStoreDB (MUSTER_EVENTSTORE_URL)')
    .option('--mongodb <url>', 'use the read models in this MongoDB (MUSTER_MONGODB_URL)')
    .option('-o, --output <format>', 'table or json', 'table')
    .action(
      async (
        model: string,
        options: { dataDir: string; eventstore?: string; mongodb?: string; output: string },
      ) => {
        const format = parseFormat(options.output);
        const place = placeOfModels(options);
        if (place.kind === 'mongodb') {
          await rebuildIn(place.url, model, whereTheLogIs(options));
        } else {
          const lock = tryLock(options.dataDir);
          if (lock === undefined) await askServer(model, options.dataDir);
          else await rebuildHere(model, options.dataDir, lock);
        }
        if (format === 'json') printJson({ model, rebuilt: true });
        else printLine(`${model} was rebuilt`);
      },
    );
}

function tryLock(directory: string): DataDirectoryLock | undefined {
  try {
    return lockDataDirectory(directory);
  } catch (error) {
    if (isMusterError(error, 'MUSTER_E_DATA_DIRECTORY_LOCKED')) return undefined;
    throw error;
  }
}

async function rebuildIn(url: string, model: string, log: LogPlaceOptions): Promise<void> {
  warnLine('requesting the rebuild from the active projector; if there is none, the rebuild runs here');
  const eventStore = await placeOf(log, FOLDS.catalog).openForReading();
  try {
    if (
      !(await rebuildInMongo({
        url,
        eventStore,
        ...FOLDS,
        model,
        clock: systemClock,
        signal: interrupted(),
      }))
    )
      throw new Failure(NOT_WAITED);
  } finally {
    await eventStore.close();
  }
}

function interrupted(): AbortSignal {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  return stop.signal;
}

async function askServer(model: string, directory: string): Promise<void> {
  warnLine('a server is using this data directory: requesting the rebuild from it');
  const done = await requestRebuild({
    directory,
    projections: FOLDS.projections,
    model,
    clock: systemClock,
    signal: interrupted(),
  });
  if (!done) throw new Failure(NOT_WAITED);
}

async function rebuildHere(model: string, directory: string, lock: DataDirectoryLock): Promise<void> {
  try {
    const eventStore = await openSqliteEventStore({ directory, lock });
    try {
      await rebuildReadModels({ eventStore, directory, ...FOLDS, models: [model] });
    } finally {
      await eventStore.close();
    }
  } finally {
    lock.release();
  }
}
