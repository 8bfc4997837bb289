import { Option, type Command } from 'commander';
import type { EventStore } from '#domain/ports/event-store.js';
import { hostsIn, openEsdbEventStore, openEsdbForImport, openEventStoreReadOnly, openSqliteEventStore } from '#src/engine/event-store/index.js';
import { secretSetting } from '#src/server/index.js';

/** Which log a command works on. */
export interface LogPlaceOptions {
  readonly dataDir?: string;
  readonly eventstore?: string;
}

export function logPlace(command: Command): Command {
  return command
    .addOption(new Option('--data-dir <directory>', 'the embedded log in this directory (MUSTER_DATA_DIR; ./data)').conflicts('eventstore'))
    .addOption(new Option('--eventstore <url>', 'the log in this EventStoreDB, esdb://host:2113 (MUSTER_EVENTSTORE_URL)'));
}

interface LogPlace {
  /** For people; without a password. */
  readonly name: string;
  openForReading(): Promise<EventStore>;
  openForWriting(): Promise<EventStore>;
  /** Appends that it takes in the order in which they are sent, all under way at once. */
  readonly underWay: number;
}

/** What the options name, else what the settings of a server would. */
export function placeOf({ dataDir, eventstore }: LogPlaceOptions): LogPlace {
  const url = eventstore ?? (dataDir === undefined ? secretSetting('MUSTER_EVENTSTORE_URL') : undefined);
  if (url !== undefined && url !== '') {
    return {
      name: hostsIn(url),
      openForReading: () => openEsdbEventStore({ url }),
      openForWriting: () => openEsdbForImport({ url }),
      underWay: 64,
    };
  }
  const directory = dataDir ?? process.env['MUSTER_DATA_DIR'] ?? './data';
  return {
    name: directory,
    openForReading: () => Promise.resolve(openEventStoreReadOnly(directory)),
    openForWriting: () => openSqliteEventStore({ directory }),
    underWay: 64,
  };
}
