import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import { markStale } from './positions.js';

/** One item of a list, as JSON text. */
export interface ListItem {
  readonly json: string;
  /** It shows an older state than the rest. */
  readonly stale: boolean;
}

/** Characters that are gathered before they are sent, and before the list lets others run. */
const CHUNK = 64 * 1024;

/** What stands around the items of a list, as JSON text. */
export interface ListEnvelope {
  /** Up to the bracket that opens the array. */
  readonly before: string;
  /** From the bracket that closes it; `count`: how many items there are in the answer. */
  after(count: number): string;
}

/** `{"<name>": [items], "count": n}` */
export function named(name: string): ListEnvelope {
  return { before: `{${JSON.stringify(name)}:[`, after: (count) => `],"count":${count}}` };
}

/** Answers with a list. What fails before the first chunk fails the request; what fails later breaks the connection off, so that nobody takes half a list for all of it. */
export async function sendList(reply: FastifyReply, envelope: ListEnvelope, items: AsyncIterable<ListItem>): Promise<FastifyReply> {
  const chunks = listText(envelope, items)[Symbol.asyncIterator]();
  const first = await chunks.next();
  reply.type('application/json; charset=utf-8');
  if (first.done === true) return reply.send('');
  if (first.value.stale) markStale(reply);
  if (first.value.last) return reply.send(first.value.text);
  return reply.send(Readable.from(rest(first.value.text, chunks), { objectMode: false, highWaterMark: CHUNK }));
}

interface Chunk {
  readonly text: string;
  readonly stale: boolean;
  readonly last: boolean;
}

async function* listText({ before, after }: ListEnvelope, items: AsyncIterable<ListItem>): AsyncGenerator<Chunk> {
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
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value.text;
  } finally {
    await chunks.return?.();
  }
}
