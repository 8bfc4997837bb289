import type { Command } from 'commander';
import { categoryOf, isOurs } from '#domain/event/index.js';
import type { EventFilter, EventStore, RecordedEvent } from '#domain/ports/event-store.js';
import { showEvent, type AuditEvent } from '../event-line.js';
import { Failure } from '../failure.js';
import { logPlace, placeOf, type LogPlaceOptions } from '../log-place.js';
import { jsonText, parseFormat, printable, type Format } from '../output.js';

interface EventsOptions extends LogPlaceOptions {
  readonly stream?: string;
  readonly category?: string;
  readonly type?: string;
  readonly from?: string;
  readonly limit?: string;
  readonly follow?: boolean;
  readonly output: string;
}

/** `muster events`: reads the log in the data directory, beside a running server or without one. */
export function addEventsCommand(program: Command): void {
  logPlace(program.command('events'))
    .description('print the event log, in order; works beside a running server')
    .option('-s, --stream <name>', 'only of this stream (job-hello, node-…, scheduler)')
    .option('-c, --category <name>', 'only of streams of this category (job, node, template, scheduler, cluster)')
    .option('-t, --type <name>', 'only of this type (JobSubmitted, AllocationPlaced, …)')
    .option('--from <position>', 'only after this position')
    .option('-n, --limit <count>', 'at most so many')
    .option('-f, --follow', 'go on as more come')
    .option('-o, --output <format>', 'table, or json (one event a line)', 'table')
    .action(printEvents);
}

async function printEvents(options: EventsOptions): Promise<void> {
  const format = parseFormat(options.output);
  const store = await placeOf(options).openForReading();
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  let left = options.limit === undefined ? Number.POSITIVE_INFINITY : wholeNumber(options.limit, '--limit');
  try {
    for await (const page of pages(store, options, stop.signal)) {
      for (const event of page) {
        if (!wanted(event, options)) continue;
        if (left <= 0) return;
        left -= 1;
        print(event, format);
      }
      if (left <= 0) return;
    }
  } finally {
    await store.close();
  }
}

async function* pages(store: EventStore, options: EventsOptions, signal: AbortSignal): AsyncIterable<readonly RecordedEvent[]> {
  const after = options.from === undefined ? undefined : position(options.from);
  const filter = filterOf(options);
  if (options.follow !== true) {
    yield* store.readAll({ ...(after !== undefined && { from: after }), filter });
    return;
  }
  for await (const message of store.subscribe({ ...(after !== undefined && { after }), filter, signal })) {
    if (message.kind === 'events') yield message.events;
  }
}

function filterOf({ stream, category, type }: EventsOptions): EventFilter {
  const prefix = stream ?? category;
  return { ...(prefix !== undefined && { streamPrefixes: [prefix] }), ...(type !== undefined && { types: [type] }) };
}

/** A prefix keeps too much: `job-a` begins `job-ab` too. */
function wanted(event: RecordedEvent, { stream, category }: EventsOptions): boolean {
  if (stream !== undefined && event.stream !== stream) return false;
  return category === undefined || categoryOf(event.stream) === category;
}

function print(event: RecordedEvent, format: Format): void {
  const { position: place, stream, revision, type, id } = event;
  const metadata = JSON.parse(event.metadata) as { at?: number } | null;
  // Who else writes into this log says nothing of when it was decided.
  const at = typeof metadata?.at === 'number' && isOurs(event) ? metadata.at : event.created;
  const shown = { position: String(place), stream, revision, type, id, at, data: JSON.parse(event.data) as AuditEvent['data'], metadata };
  const line = format === 'json' ? jsonText(shown) : showEvent(shown).map(printable).join('  ');
  process.stdout.write(`${line}\n`);
}

function position(text: string): bigint {
  if (!/^\d{1,19}$/.test(text)) throw new Failure(`--from ${text}: must be a position, as the first column shows it`);
  return BigInt(text);
}

function wholeNumber(text: string, option: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Failure(`${option} ${text}: must be a whole number`);
  return Number(text);
}
