import { randomUUID } from 'node:crypto';
import type { Test } from 'tap';
import { isMusterError, type ErrorCode } from '#domain/kernel/errors/index.js';
import type {
  EventStore,
  NewEvent,
  ReadStreamOptions,
  RecordedEvent,
} from '#domain/kernel/ports/event-store.js';

export type Tap = Test;

/** Returns a category that no other test uses, without the dash. */
export function newCategory(): string {
  return `c${randomUUID().replaceAll('-', '')}`;
}

export function newStream(category = newCategory()): string {
  return `${category}-${randomUUID()}`;
}

export function newEvent(type = 'Tested', data: unknown = { n: 1 }): NewEvent {
  return { id: randomUUID(), type, data: JSON.stringify(data), metadata: JSON.stringify({ v: 1 }) };
}

export function newEvents(count: number, type?: string): NewEvent[] {
  return Array.from({ length: count }, (_, n) => newEvent(type, { n }));
}

export async function gather(pages: AsyncIterable<readonly RecordedEvent[]>): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const page of pages) events.push(...page);
  return events;
}

/** Reads the stream and returns the revisions of its events. */
export async function revisions(
  store: EventStore,
  stream: string,
  options?: ReadStreamOptions,
): Promise<number[]> {
  return (await gather(store.readStream(stream, options))).map((event) => event.revision);
}

export function ids(events: readonly { readonly id: string }[]): string[] {
  return events.map((event) => event.id);
}

/** Appends events of one type to a new stream, at most 200 at a time, and returns them. */
export async function fill(store: EventStore, stream: string, count: number): Promise<NewEvent[]> {
  const all = newEvents(count);
  for (let at = 0; at < count; at += 200) {
    await store.append({
      stream,
      expected: at === 0 ? 'no_stream' : at - 1,
      events: all.slice(at, at + 200),
    });
  }
  return all;
}

/** Asserts that a promise rejects with this error code and these fields. */
export async function refused(
  test: Tap,
  promise: Promise<unknown>,
  code: ErrorCode,
  fields?: Record<string, string | number>,
): Promise<void> {
  try {
    await promise;
    test.fail(`should have been refused with ${code}`);
  } catch (error) {
    test.ok(isMusterError(error, code), `is refused with ${code}, got ${String(error)}`);
    if (fields !== undefined && isMusterError(error)) test.match(error.fields, fields);
  }
}
