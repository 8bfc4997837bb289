import { Option, type Command } from 'commander';
import stringWidth from 'string-width';
import { variable } from '#agents/platform/environment.js';
import type { Catalog } from '#domain/kernel/catalog/index.js';
import { AccountNames } from '../shared/account-names.js';
import type { Api } from '../shared/client.js';
import { Failure } from '../shared/failure.js';
import { didYouMean } from '#domain/kernel/nearest.js';
import { hostNamesFor, type HostOf } from '../shared/host-name.js';
import { lookOf } from '../shared/table.js';
import { eventCells, eventSummary, type ShownEvent } from './event-line.js';
import { explainNothing, objectFilter, type ObjectOptions } from './events-object.js';
import { parseEventsOptions, type EventsOptions, type EventsQuery } from './events-query.js';
import { eventsOfLog } from './log-events.js';
import { noAsOfOption } from '../shared/as-of.js';
import { logPlace, placeOf, type LogPlaceOptions } from './log-place.js';
import { connect, NO_TOKEN_HELP, TOKEN_HELP } from '../shared/options.js';
import { jsonText, parseFormat, printable, printPiece } from '../shared/output.js';
import { eventsOfServer } from './server-events.js';

interface Options extends LogPlaceOptions, EventsOptions, ObjectOptions {
  readonly run?: string;
  readonly address?: string;
  readonly token?: string | false;
  readonly output: string;
}

/** Where events come from: a server, or without one the log; and how they are read. */
interface Source {
  readonly api: Api | undefined;
  readonly catalog: Catalog;
}

/** `muster events` reads from a server, or directly from the log, whether or not a server is running. */
export function addEventsCommand(program: Command, catalog: Catalog): void {
  const command = program.command('events');
  logPlace(command)
    .description('print the event history, oldest first, from a server or directly from the log')
    .option(
      '-j, --job <id>',
      'only events about this job: its own, its evaluations and plan entries, its allocations, what nodes reported about them, and commands that were run in them',
    )
    .option('--task <task>', 'only events of this task and its runs: its number or name')
    .option('--run <run>', 'only events of this run: TASK/RUN')
    .option('--node <node>', 'only events of this node: its id, host name, or a unique prefix')
    .option('--service <service>', 'only events of this service: its name, id, or a unique prefix')
    .option('--claim <claim>', 'only events of this GPU claim: its id or a unique prefix')
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
      'only events that this account caused: its username or id (with --data-dir or --eventstore its id), or local:root, node:<id>, anonymous',
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
    .option(
      '-o, --output <format>',
      'table (one sentence per event), wide (positions, streams, types and data), or json (one event per line)',
      'table',
    )
    .addOption(noAsOfOption(command))
    .action((options: Options) => printEvents(options, catalog));
}

async function printEvents(options: Options, catalog: Catalog): Promise<void> {
  const format = parseFormat(options.output);
  checkTypes(options, Object.keys(catalog.events));
  const { run: _run, ...others } = options;
  const address = addressIn(options);
  const api = address === undefined ? undefined : connect({ ...options, address }).api;
  const wanted = parseEventsOptions({ ...others, ...(await objectFilter(options, api)) });
  const source = { api, catalog };
  const print = printer(options, format, source);
  let count = 0;
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  try {
    for await (const event of eventsOf(options, wanted, source, stop.signal)) {
      count += 1;
      await printPiece(`${await print(event)}\n`);
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
  if (count === 0 && !wanted.follow && !stop.signal.aborted && !isNarrowed(options))
    await explainNothing(options, api);
}

/** Whether an object that exists can have no such events. */
function isNarrowed({ from, since, until, actor, type, last }: Options): boolean {
  return [from, since, until, actor, type, last].some((each) => each !== undefined);
}

/** Other programs can write other types to an event store, but not to the streams that a server returns. */
function checkTypes({ type, stream }: Options, types: readonly string[]): void {
  const unknown = type?.split(',').find((each) => !types.includes(each));
  if (unknown !== undefined && stream === undefined)
    throw new Failure(`--type ${unknown}: no such event type${didYouMean(unknown, types)}`);
}

function printer(
  options: Options,
  format: 'table' | 'json',
  { api, catalog }: Source,
): (event: ShownEvent) => string | Promise<string> {
  if (format === 'json') return jsonText;
  const names = api === undefined ? undefined : new AccountNames(api);
  let width = 0;
  // They are read once, and only if an event is shown.
  let hosts: Promise<HostOf> | undefined;
  return async (event) => {
    const username = hasAccount(event) ? await names?.lookup() : undefined;
    const look = lookOf(options);
    if (options.output === 'wide') return eventCells(event, look, username).map(printable).join('  ');
    if (api !== undefined) hosts ??= hostNamesFor(look, api);
    const [at, who, sentence] = eventSummary(event, catalog, look, username, await hosts).map(printable);
    // Later events are not known yet, so the column grows.
    width = Math.max(width, stringWidth(who!));
    return `${at}  ${who}${' '.repeat(width - stringWidth(who!))}  ${sentence}`;
  };
}

function hasAccount({ metadata }: ShownEvent): boolean {
  const { actor } = (metadata ?? {}) as { readonly actor?: unknown };
  return typeof actor === 'string' && actor.startsWith('user:');
}

async function* eventsOf(
  options: Options,
  wanted: EventsQuery,
  source: Source,
  signal: AbortSignal,
): AsyncGenerator<ShownEvent> {
  const { run, last, ...all } = wanted;
  if (run === undefined) return yield* readEvents(options, wanted, source, signal);
  if (last !== undefined && wanted.follow) throw new Failure('-n cannot be combined with --run and --follow');
  const found: ShownEvent[] = [];
  for await (const event of readEvents(options, all, source, signal)) {
    if (!isOfRun(event, run)) continue;
    if (last === undefined) yield event;
    else found.push(event);
  }
  if (last !== undefined && last > 0) yield* found.slice(-last);
}

function isOfRun({ data }: ShownEvent, run: number): boolean {
  const { run: one, runs } = (data ?? {}) as { readonly run?: unknown; readonly runs?: unknown };
  return one === run || (Array.isArray(runs) && runs.includes(run));
}

async function* readEvents(
  options: Options,
  wanted: EventsQuery,
  { api, catalog }: Source,
  signal: AbortSignal,
): AsyncGenerator<ShownEvent> {
  if (api !== undefined) {
    yield* eventsOfServer(api, wanted, signal);
    return;
  }
  const place = placeOf(options, catalog);
  const store = await place.openForReading();
  const index = await place.openIndex(store);
  try {
    yield* eventsOfLog({ store, index, isOurs: catalog.isOurs }, wanted, signal);
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
