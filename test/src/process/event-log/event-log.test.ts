import t from 'tap';
import { EVENT_CATALOG } from '#domain/all-events.js';
import { lockDataDirectory } from '#src/engine/event-store/index.js';
import { openEventLog } from '#src/process/event-log/event-log.js';
import { createLog } from '#src/process/output/log.js';
import { startEventStoreProcess } from '../../../fixtures/event-store-process.js';
import { FaultyProxy, UNHARMED, type Fate } from '../../../fixtures/faulty-proxy.js';
import { ownFolder } from '../../../fixtures/folder.js';

/** Number of successive connections to cut. More than one, because a read is retried once. */
const CUTS = 3;
const STEP_BYTES = 150;

void t.test(
  'opens the log even if connections to the store are cut at any point during startup',
  async (t) => {
    const store = await startEventStoreProcess(t);
    const proxy = await FaultyProxy.start(t, { port: store.port });
    const open = async (fateOf: (connection: number) => Fate): Promise<number> => {
      let first: number | undefined;
      proxy.doom((connection) => {
        first ??= connection;
        return fateOf(connection - first);
      });
      const before = proxy.passed.server;
      const directory = ownFolder(t);
      const lock = lockDataDirectory(directory);
      try {
        const { store: opened } = await openEventLog(
          { eventStoreUrl: `esdb://127.0.0.1:${proxy.port}?tls=false`, eventStoreAcceptOther: false },
          EVENT_CATALOG,
          directory,
          lock,
          createLog({ logLevel: 'silent' }, 'test'),
          true,
        );
        await opened.close();
      } finally {
        lock.release();
      }
      return proxy.passed.server - before;
    };
    const bytes = await open(() => UNHARMED);
    for (let afterBytes = 0; afterBytes < bytes; afterBytes += STEP_BYTES)
      await open((connection) =>
        connection < CUTS ? { fault: 'cut', towards: 'server', afterBytes, delayMs: 0 } : UNHARMED,
      );
    t.pass(`the log opens after cuts throughout the ${bytes} bytes that it sends`);
  },
);
