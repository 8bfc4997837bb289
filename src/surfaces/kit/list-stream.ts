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

/**
 * Answers `{"<name>": [items], "count": n}`, where `n` is how many there are in the answer. What fails before the
 * first chunk fails the request; what fails later breaks the connection off, so that nobody takes half a list for all of it.
 */
export async function sendList(reply: FastifyReply, name: string, items: AsyncIterable<ListItem>): Promise<FastifyReply> {
  const chunks = listText(name, items)[Symbol.asyncIterator]();
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

async function* listText(name: string, items: AsyncIterable<ListItem>): AsyncGenerator<Chunk> {
  let text = `{${JSON.stringify(name)}:[`;
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
  yield { text: `${text}],"count":${count}}`, stale, last: true };
}

async function* rest(first: string, chunks: AsyncIterator<Chunk>): AsyncGenerator<string> {
  try {
    yield first;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value.text;
  } finally {
    await chunks.return?.();
  }
}
