import { Option, type Command } from 'commander';
import { dataDirectory } from '#agents/platform/environment.js';
import type { Catalog } from '#domain/kernel/catalog/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { History } from '#domain/kernel/ports/history.js';
import { openLogIndex } from '#src/engine/read-models/index.js';
import { openEventStoreReadOnly, openSqliteEventStore } from '#src/engine/event-store/index.js';
import { secretSetting } from '#src/engine/secret-file.js';
import { hostsIn, openEsdbEventStore, openEsdbForImport } from '#src/stores/eventstoredb/index.js';

export interface LogPlaceOptions {
  readonly dataDir?: string;
  readonly eventstore?: string;
}

export function logPlace(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--data-dir <directory>',
        'use the embedded log in this directory (MUSTER_DATA_DIR; ./data)',
      ).conflicts('eventstore'),
    )
    .addOption(
      new Option(
        '--eventstore <url>',
        'use the log in this EventStoreDB, esdb://host:2113 (MUSTER_EVENTSTORE_URL)',
      ),
    );
}

interface LogPlace {
  readonly name: string;
  openForReading(): Promise<EventStore>;
  openForWriting(): Promise<EventStore>;
  /** Opens the index of the log for reading. Undefined if there is none. */
  openIndex(store: EventStore): Promise<(History & { close(): void }) | undefined>;
  /** Maximum number of concurrent appends that the log applies in the order in which they were sent. */
  readonly underWay: number;
}

/** Returns the log that is set by the options, or else by the settings of a server. */
export function placeOf(
  { dataDir, eventstore }: LogPlaceOptions,
  { categories }: Pick<Catalog, 'categories'>,
): LogPlace {
  const url = eventstore ?? (dataDir === undefined ? secretSetting('MUSTER_EVENTSTORE_URL') : undefined);
  if (url !== undefined && url !== '') {
    return {
      name: hostsIn(url),
      openForReading: () => openEsdbEventStore({ url, categories }),
      openForWriting: () => openEsdbForImport({ url, categories }),
      openIndex: async () => await Promise.resolve(undefined),
      underWay: 64,
    };
  }
  const directory = dataDir ?? dataDirectory();
  return {
    name: directory,
    openForReading: () => Promise.resolve(openEventStoreReadOnly(directory)),
    openForWriting: () => openSqliteEventStore({ directory }),
    openIndex: async (store) => await openLogIndex(directory, store),
    underWay: 64,
  };
}
