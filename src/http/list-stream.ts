import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import { markStale } from './positions.js';

export interface ListItem {
  readonly json: string;
  readonly stale: boolean;
}

const CHUNK = 64 * 1024;

export interface ListEnvelope {
  readonly before: string;
  after(count: number): string;
}

export function named(name: string): ListEnvelope {
  return { before: `{${JSON.stringify(name)}:[`, after: (count) => `],"count":${count}}` };
}

/**
 * Streams a list. An error before the first chunk fails the request. A later one aborts the connection, so that a partial list is never mistaken for
 * a complete one.
 */
export async function sendList(
  reply: FastifyReply,
  envelope: ListEnvelope,
  items: AsyncIterable<ListItem>,
): Promise<FastifyReply> {
  const chunks = listText(envelope, items)[Symbol.asyncIterator]();
  const first = await chunks.next();
  reply.type('application/json; charset=utf-8');
  if (first.done === true) return reply.send('');
  if (first.value.stale) markStale(reply);
  if (first.value.last) return reply.send(first.value.text);
  return reply.send(
    Readable.from(rest(first.value.text, chunks), { objectMode: false, highWaterMark: CHUNK }),
  );
}

interface Chunk {
  readonly text: string;
  readonly stale: boolean;
  readonly last: boolean;
}

async function* listText(
  { before, after }: ListEnvelope,
  items: AsyncIterable<ListItem>,
): AsyncGenerator<Chunk> {
  let text = before;
  let stale = false;
  let count = 0;
  for await (const item of items) {
    text += count === 0 ? item.json : `,${item.json}`;
    stale ||= item.stale;
    count += 1;
    if (text.length < CHUNK) continue;
    yield { text, stale, last: false };
    text = '';
    await setImmediate();
  }
  yield { text: `${text}${after(count)}`, stale, last: true };
}

async function* rest(first: string, chunks: AsyncIterator<Chunk>): AsyncGenerator<string> {
  try {
    yield first;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next())
      yield next.value.text;
  } finally {
    await chunks.return?.();
  }
}
