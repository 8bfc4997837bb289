import { systemClock } from '#agents/platform/clock/system-clock.js';
import type { Api } from '../../shared/client.js';
import { eventCells, type ShownEvent } from '../../log/event-line.js';
import type { EventsQuery } from '../../log/events-query.js';
import { Failure } from '../../shared/failure.js';
import { printable, printLine } from '../../shared/output.js';
import { eventsOfServer } from '../../log/server-events.js';

const TIMEOUT_MS = 60_000;

export function say(line: string): void {
  printLine(line);
}

/** Polls until `ask` returns a value. Throws a {@link Failure} with the problem after a minute. */
export async function until<T>(ask: () => Promise<T | undefined>, problem: string): Promise<T> {
  const deadline = systemClock.monotonic() + TIMEOUT_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (systemClock.monotonic() > deadline) throw new Failure(problem);
    await systemClock.sleep(20);
  }
}

/** Prints a complete log under a title. */
export async function sayLog(title: string, log: AsyncIterable<string>): Promise<void> {
  let text = '';
  for await (const part of log) text += part;
  say(`\n${title}:`);
  for (const line of text.trimEnd().split('\n')) say(`  | ${printable(line)}`);
}

export async function eventsNow(
  api: Api,
  wanted: Pick<EventsQuery, 'job' | 'stream'>,
): Promise<ShownEvent[]> {
  const found: ShownEvent[] = [];
  for await (const event of eventsOfServer(api, { ...wanted, follow: false }, new AbortController().signal))
    found.push(event);
  return found;
}

export function sayEvents(events: readonly ShownEvent[]): void {
  say('\nRecorded events:');
  for (const event of events) say(`  ${eventCells(event).join('  ')}`);
}
