import { Option, type Command } from 'commander';
import { eventCells, type ShownEvent } from '../event-line.js';
import { settle, type EventsOptions, type EventsWanted } from '../events-wanted.js';
import { eventsOfLog } from '../log-events.js';
import { logPlace, placeOf, type LogPlaceOptions } from '../log-place.js';
import { connect, NO_TOKEN_HELP, TOKEN_HELP } from '../options.js';
import { jsonText, parseFormat, printable, printPiece } from '../output.js';
import { eventsOfServer } from '../server-events.js';

interface Options extends LogPlaceOptions, EventsOptions {
  readonly address?: string;
  readonly token?: string | false;
  readonly output: string;
}

/** `muster events`: the history, from a server or from the log itself, next to a running server or without one. */
export function addEventsCommand(program: Command): void {
  logPlace(program.command('events'))
    .description('print what Muster decided, in order: from a server, or from the log itself, with or without a running server')
    .option('-j, --job <id>', 'only what concerns this job: its own events, its evaluations and plan entries, its allocations, and what nodes said of them')
    .option('-s, --stream <name>', 'only of this stream (job-hello, node-…, scheduler)')
    .option('-c, --category <name>', 'only of streams of this category (job, node, template, scheduler, cluster)')
    .option('-t, --type <name>', 'only of this type (JobSubmitted, AllocationPlaced, …)')
    .option('--from <position>', 'only after this position')
    .option('--since <time>', 'only from this time on: 2026-11-20T08:00:00Z, or how long ago: 90s, 10m, 2h, 1d')
    .option('-n, --last <count>', 'only so many, the newest')
    .option('-f, --follow', 'go on as more come')
    .addOption(
      new Option(
        '--address <url>',
        'ask the server at this URL, or host:port (MUSTER_SERVER_URL, where neither MUSTER_DATA_DIR nor MUSTER_EVENTSTORE_URL is set)',
      ).conflicts(['dataDir', 'eventstore']),
    )
    .option('--token <token>', TOKEN_HELP)
    .option('--no-token', NO_TOKEN_HELP)
    .option('-o, --output <format>', 'table, or json (one event a line)', 'table')
    .action(printEvents);
}

async function printEvents(options: Options): Promise<void> {
  const format = parseFormat(options.output);
  const wanted = settle(options);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  try {
    for await (const event of eventsOf(options, wanted, stop.signal)) {
      await printPiece(`${format === 'json' ? jsonText(event) : eventCells(event).map(printable).join('  ')}\n`);
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
}

async function* eventsOf(options: Options, wanted: EventsWanted, signal: AbortSignal): AsyncGenerator<ShownEvent> {
  const address = addressIn(options);
  if (address !== undefined) {
    yield* eventsOfServer(connect({ ...options, address }).api, wanted, signal);
    return;
  }
  const store = await placeOf(options).openForReading();
  try {
    yield* eventsOfLog(store, wanted, signal);
  } finally {
    await store.close();
  }
}

/** The server to ask: one that is named, where no log is. */
function addressIn({ address, dataDir, eventstore }: Options): string | undefined {
  if (address !== undefined) return address;
  const { MUSTER_SERVER_URL: url, MUSTER_DATA_DIR, MUSTER_EVENTSTORE_URL, MUSTER_EVENTSTORE_URL_FILE } = process.env;
  return [dataDir, eventstore, MUSTER_DATA_DIR, MUSTER_EVENTSTORE_URL, MUSTER_EVENTSTORE_URL_FILE].every((each) => each === undefined) ? url : undefined;
}
