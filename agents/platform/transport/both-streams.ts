import type { LogOutcome, LogQuery, LogStream } from '#domain/protocol/agent-channel.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';
import { LineMerger } from './line-merger.js';
import { LineTimes } from './line-times.js';

/** `refused` means that the agent does not understand the request. */
export type LogAnswer = LogOutcome | { readonly kind: 'refused'; readonly problem: string };

/**
 * Requests a log from an agent. An older agent cannot return both streams together, so each is requested separately: standard output comes first,
 * then standard error. If followed, lines are returned in order of arrival. `tail` then counts the lines of each stream. An older agent does not know
 * the times of lines either.
 */
export async function askForLog(
  query: LogQuery,
  signal: StopSignal,
  ask: (query: LogQuery, signal: StopSignal) => Promise<LogAnswer>,
): Promise<LogOutcome> {
  const answer = await ask(query, signal);
  if (answer.kind !== 'refused') return answer;
  const { timestamps, until, ...known } = query;
  if (timestamps === true || until !== undefined) {
    const plain = await askForLog(known, signal, ask);
    return plain.kind === 'found' && timestamps === true
      ? { ...plain, chunks: untimed(plain.chunks) }
      : plain;
  }
  if (query.stream !== 'both') return { kind: 'unknown', problem: answer.problem };
  const reading = abortOn(signal);
  const chunks: AsyncIterable<Uint8Array>[] = [];
  for (const stream of ['stdout', 'stderr'] as const) {
    const one = await ask({ ...query, stream }, reading.signal);
    if (one.kind === 'found') chunks.push(one.chunks);
    else {
      reading.abort();
      return one.kind === 'refused' ? { kind: 'unknown', problem: one.problem } : one;
    }
  }
  const [stdout, stderr] = chunks as [AsyncIterable<Uint8Array>, AsyncIterable<Uint8Array>];
  return {
    kind: 'found',
    chunks: query.follow
      ? byArrival({ stdout, stderr }, reading)
      : oneAfterTheOther({ stdout, stderr }, reading),
  };
}

async function* untimed(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const times = new LineTimes();
  for await (const bytes of chunks) yield times.add(Buffer.from(bytes), undefined);
}

type Streams = Readonly<Record<LogStream, AsyncIterable<Uint8Array>>>;

async function* oneAfterTheOther(streams: Streams, reading: AbortController): AsyncGenerator<Uint8Array> {
  const lines = new LineMerger();
  try {
    for (const stream of ['stdout', 'stderr'] as const) {
      for await (const bytes of streams[stream]) yield* given(lines.add(stream, bytes));
      yield* given(lines.flush());
    }
  } finally {
    reading.abort();
  }
}

async function* byArrival(streams: Streams, reading: AbortController): AsyncGenerator<Uint8Array> {
  const lines = new LineMerger();
  const next = new Map<LogStream, Promise<{ stream: LogStream; result: IteratorResult<Uint8Array> }>>();
  const iterators = {
    stdout: streams.stdout[Symbol.asyncIterator](),
    stderr: streams.stderr[Symbol.asyncIterator](),
  };
  const read = (stream: LogStream): void => {
    const reads = iterators[stream].next().then((result) => ({ stream, result }));
    // If the other stream fails first, this read is never awaited.
    reads.catch(() => undefined);
    next.set(stream, reads);
  };
  try {
    read('stdout');
    read('stderr');
    while (next.size > 0) {
      const { stream, result } = await Promise.race(next.values());
      if (result.done === true) next.delete(stream);
      else {
        yield* given(lines.add(stream, result.value));
        read(stream);
      }
    }
    yield* given(lines.flush());
  } finally {
    reading.abort();
  }
}

function given(text: Buffer): Buffer[] {
  return text.length === 0 ? [] : [text];
}

/** Returns an AbortController that aborts when the signal does. */
export function abortOn(signal: StopSignal): AbortController {
  const controller = new AbortController();
  if (signal.aborted) controller.abort();
  else signal.addEventListener('abort', () => controller.abort(), { once: true });
  return controller;
}
