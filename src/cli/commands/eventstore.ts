import type { Command } from 'commander';
import { readSettings, runEventStore } from '#src/server/index.js';

/** Where EventStoreDB listens by default. */
const DEFAULT_LISTEN = '127.0.0.1:2113';

/** `muster eventstore`: the embedded event store as a process of its own, by EventStoreDB's protocol. */
export function addEventStoreCommand(program: Command): void {
  program
    .command('eventstore')
    .description('run an event store that speaks the protocol of EventStoreDB, on a data directory of its own')
    .option('--listen <host:port>', `where; port 0: any free one (MUSTER_EVENTSTORE_LISTEN, else ${DEFAULT_LISTEN})`)
    .option('--data-dir <directory>', 'where the log is (MUSTER_DATA_DIR)')
    .option('--max-append-size <bytes>', 'most data of one append, 1048576 by default and at most 15728640 (MUSTER_EVENTSTORE_MAX_APPEND_SIZE)')
    .action(async ({ listen, dataDir, maxAppendSize }: { listen?: string; dataDir?: string; maxAppendSize?: string }) => {
      const settings = readSettings({
        ...process.env,
        MUSTER_EVENTSTORE_LISTEN: listen ?? process.env['MUSTER_EVENTSTORE_LISTEN'] ?? DEFAULT_LISTEN,
        ...(dataDir !== undefined && { MUSTER_DATA_DIR: dataDir }),
        ...(maxAppendSize !== undefined && { MUSTER_EVENTSTORE_MAX_APPEND_SIZE: maxAppendSize }),
      });
      if (settings.eventStoreListen === undefined) return;
      process.exitCode = await runEventStore(settings, settings.eventStoreListen);
    });
}
