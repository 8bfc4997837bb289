import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import type { EventStore, NewEvent } from '#domain/kernel/ports/event-store.js';
import { MAX_APPEND_BYTES, MAX_APPEND_EVENTS, MAX_IMPORTED_BYTES } from '#src/engine/event-store/index.js';
import type { ExportedEvent } from './export-line.js';

/** Bytes of the appends in progress. A larger event is in progress alone. */
const MAX_BYTES_UNDER_WAY = 16 * 1024 * 1024;

interface Run {
  readonly stream: string;
  readonly first: number;
  readonly events: NewEvent[];
  bytes: number;
}

export async function appendRuns(
  store: EventStore,
  events: AsyncIterable<ExportedEvent>,
  underWay: number,
  written: (count: number) => void,
): Promise<void> {
  const open = new Set<Promise<void>>();
  let bytesOpen = 0;
  let failure: { readonly error: unknown } | undefined = undefined as { readonly error: unknown } | undefined;
  const send = async (run: Run): Promise<void> => {
    while (open.size >= underWay || (open.size > 0 && bytesOpen + run.bytes > MAX_BYTES_UNDER_WAY))
      await Promise.race(open);
    if (failure !== undefined) throw failure.error;
    bytesOpen += run.bytes;
    const sending = appendRun(store, run)
      .then(() => written(run.events.length))
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .finally(() => {
        bytesOpen -= run.bytes;
        open.delete(sending);
      });
    open.add(sending);
  };
  let run: Run | undefined;
  try {
    for await (const event of events) {
      const bytes =
        Buffer.byteLength(event.data) + Buffer.byteLength(event.metadata) + Buffer.byteLength(event.type);
      if (run !== undefined && !fits(run, event, bytes)) {
        const whole = run;
        run = undefined;
        await send(whole);
      }
      run ??= { stream: event.stream, first: event.revision, events: [], bytes: 0 };
      run.events.push({ id: event.id, type: event.type, data: event.data, metadata: event.metadata });
      run.bytes += bytes;
    }
  } finally {
    // If a read fails, all events before it are still written.
    if (run !== undefined && failure === undefined) await send(run);
    await Promise.all(open);
  }
  if (failure !== undefined) throw failure.error;
}

function fits(run: Run, event: ExportedEvent, bytes: number): boolean {
  const next = run.stream === event.stream && run.first + run.events.length === event.revision;
  return next && run.events.length < MAX_APPEND_EVENTS && run.bytes + bytes <= MAX_APPEND_BYTES;
}

async function appendRun(store: EventStore, { stream, first, events }: Run): Promise<void> {
  const last = first + events.length - 1;
  const expected = first === 0 ? 'no_stream' : first - 1;
  const { revision } = await store
    .append({ stream, expected, events, imported: true })
    .catch((cause: unknown) => {
      if (!isMusterError(cause, 'MUSTER_E_APPEND_TOO_LARGE') && !isMusterError(cause, 'MUSTER_E_INVALID'))
        throw cause;
      const problem = `revision ${String(first)} of stream ${stream} is refused: ${cause.message} (the largest event has ${String(MAX_IMPORTED_BYTES)} bytes)`;
      throw new MusterError('MUSTER_E_IMPORT_REFUSED', { problem }, { cause });
    });
  if (revision !== last)
    throw new MusterError('MUSTER_E_IMPORT_REFUSED', {
      problem: `stream ${stream} is at revision ${String(revision)}, not ${String(last)}: it had events before the import`,
    });
}
