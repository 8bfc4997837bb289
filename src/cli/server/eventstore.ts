import type { Command } from 'commander';
import { variable } from '#agents/platform/environment.js';
import { readSettings, runEventStore } from '#src/process/index.js';

const DEFAULT_LISTEN = '127.0.0.1:2113';

/** `muster eventstore` runs the embedded event store as a separate process that supports the EventStoreDB protocol. */
export function addEventStoreCommand(program: Command): void {
  program
    .command('eventstore')
    .description('run an event store that speaks the EventStoreDB protocol, with its own data directory')
    .option(
      '--listen <host:port>',
      `address to listen on; port 0 chooses a free port (MUSTER_EVENTSTORE_LISTEN, else ${DEFAULT_LISTEN})`,
    )
    .option('--data-dir <directory>', 'directory of the log (MUSTER_DATA_DIR)')
    .option(
      '--max-append-size <bytes>',
      'maximum size of one append, 1048576 by default and at most 15728640 (MUSTER_EVENTSTORE_MAX_APPEND_SIZE)',
    )
    .action(
      async ({
        listen,
        dataDir,
        maxAppendSize,
      }: {
        listen?: string;
        dataDir?: string;
        maxAppendSize?: string;
      }) => {
        const settings = readSettings({
          ...process.env,
          MUSTER_EVENTSTORE_LISTEN: listen ?? variable('MUSTER_EVENTSTORE_LISTEN') ?? DEFAULT_LISTEN,
          ...(dataDir !== undefined && { MUSTER_DATA_DIR: dataDir }),
          ...(maxAppendSize !== undefined && { MUSTER_EVENTSTORE_MAX_APPEND_SIZE: maxAppendSize }),
        });
        if (settings.eventStoreListen === undefined) return;
        process.exitCode = await runEventStore(settings, settings.eventStoreListen);
      },
    );
}
