import { Option, type Command } from 'commander';
import { variable } from '#agents/platform/environment.js';
import { eventCells, type ShownEvent } from './event-line.js';
import { parseEventsOptions, type EventsOptions, type EventsQuery } from './events-query.js';
import { eventsOfLog } from './log-events.js';
import { noAsOfOption } from '../shared/as-of.js';
import { logPlace, placeOf, type LogPlaceOptions } from './log-place.js';
import { connect, NO_TOKEN_HELP, TOKEN_HELP } from '../shared/options.js';
import { jsonText, parseFormat, printable, printPiece } from '../shared/output.js';
import { eventsOfServer } from './server-events.js';

interface Options extends LogPlaceOptions, EventsOptions {
  readonly address?: string;
  readonly token?: string | false;
  readonly output: string;
}

/** `muster events` reads from a server, or directly from the log, whether or not a server is running. */
export function addEventsCommand(program: Command): void {
  const command = program.command('events');
  logPlace(command)
    .description('print the event history, oldest first, from a server or directly from the log')
    .option(
      '-j, --job <id>',
      'only events about this job: its own, its evaluations and plan entries, its allocations, and what nodes reported about them',
    )
    .option('-s, --stream <name>', 'only events from this stream (job-hello, node-…, scheduler)')
    .option(
      '-c, --category <name>',
      'only events from streams of this category (job, node, template, scheduler, cluster, attempt)',
    )
    .option('-t, --type <name>', 'only events of this type (JobSubmitted, AllocationPlaced, …)')
    .option('--from <position>', 'only events after this position')
    .option(
      '--since <time>',
      'only events since this time: 14:32, "yesterday 14:32", 2026-11-20T08:00:00Z, or relative: 90s, 10m, 2h, 1d',
    )
    .option('--until <time>', 'only events before this time, in the same formats')
    .option(
      '--actor <name>',
      'only events that this account caused: its username or id (with --data-dir or --eventstore its id), or operator, anonymous, node:<id>',
    )
    .option('-n, --last <count>', 'number of most recent events to print')
    .option('-f, --follow', 'follow new events')
    .addOption(
      new Option(
        '--address <url>',
        'read from the server at this URL, or host:port (default: MUSTER_SERVER_URL if neither MUSTER_DATA_DIR nor MUSTER_EVENTSTORE_URL is set)',
      ).conflicts(['dataDir', 'eventstore']),
    )
    .option('--token <token>', TOKEN_HELP)
    .option('--no-token', NO_TOKEN_HELP)
    .option('-o, --output <format>', 'table, or json (one event per line)', 'table')
    .addOption(noAsOfOption(command))
    .action(printEvents);
}

async function printEvents(options: Options): Promise<void> {
  const format = parseFormat(options.output);
  const wanted = parseEventsOptions(options);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  try {
    for await (const event of eventsOf(options, wanted, stop.signal)) {
      await printPiece(
        `${format === 'json' ? jsonText(event) : eventCells(event).map(printable).join('  ')}\n`,
      );
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
}

async function* eventsOf(
  options: Options,
  wanted: EventsQuery,
  signal: AbortSignal,
): AsyncGenerator<ShownEvent> {
  const address = addressIn(options);
  if (address !== undefined) {
    yield* eventsOfServer(connect({ ...options, address }).api, wanted, signal);
    return;
  }
  const place = placeOf(options);
  const store = await place.openForReading();
  const index = await place.openIndex(store);
  try {
    yield* eventsOfLog(store, wanted, signal, index);
  } finally {
    index?.close();
    await store.close();
  }
}

/** Returns the server to read from, or undefined if the options or settings name a log. */
function addressIn({ address, dataDir, eventstore }: Options): string | undefined {
  if (address !== undefined) return address;
  const ofLog = [
    dataDir,
    eventstore,
    variable('MUSTER_DATA_DIR'),
    variable('MUSTER_EVENTSTORE_URL'),
    variable('MUSTER_EVENTSTORE_URL_FILE'),
  ];
  return ofLog.every((each) => each === undefined) ? variable('MUSTER_SERVER_URL') : undefined;
}
