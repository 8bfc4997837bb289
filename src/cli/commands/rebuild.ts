import { Argument, type Command } from 'commander';
import { systemClock } from '#agents/clock/system-clock.js';
import { isMusterError } from '#domain/errors/index.js';
import { lockDataDirectory, openSqliteEventStore, type DataDirectoryLock } from '../../event-store/index.js';
import { MODEL_NAMES, rebuildReadModels, requestRebuild } from '../../read-models/index.js';
import { Failure } from '../failure.js';

/** `muster rebuild NAME`: by the server that uses the data directory, or by itself when none does. */
export function addRebuildCommand(program: Command, defaultDirectory: string): void {
  program
    .command('rebuild')
    .description('fold a read model anew; where a server runs, the old one serves meanwhile')
    .addArgument(new Argument('<name>', 'the read model').choices(MODEL_NAMES))
    .option('--data-dir <directory>', 'where the stores are (MUSTER_DATA_DIR)', defaultDirectory)
    .action(async (model: string, options: { dataDir: string }) => {
      const lock = tryLock(options.dataDir);
      if (lock === undefined) await askServer(model, options.dataDir);
      else await rebuildHere(model, options.dataDir, lock);
      process.stdout.write(`${model} was rebuilt\n`);
    });
}

function tryLock(directory: string): DataDirectoryLock | undefined {
  try {
    return lockDataDirectory(directory);
  } catch (error) {
    if (isMusterError(error, 'MUSTER_E_DATA_DIRECTORY_LOCKED')) return undefined;
    throw error;
  }
}

async function askServer(model: string, directory: string): Promise<void> {
  process.stderr.write('a server uses this data directory: it is asked to rebuild\n');
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  const done = await requestRebuild({ directory, model, clock: systemClock, signal: stop.signal });
  if (!done) throw new Failure('not waited for; the server goes on with it');
}

async function rebuildHere(model: string, directory: string, lock: DataDirectoryLock): Promise<void> {
  try {
    const eventStore = await openSqliteEventStore({ directory, lock });
    try {
      await rebuildReadModels({ eventStore, directory, models: [model] });
    } finally {
      await eventStore.close();
    }
  } finally {
    lock.release();
  }
}
