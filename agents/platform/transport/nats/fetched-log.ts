import type { Clock } from '#domain/kernel/ports/clock.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';
import { CHUNK_HEADER, LAST_CHUNK_HEADER, type AgentInput } from '#domain/protocol/index.js';
import { errorText, problemOf } from '../body.js';
import type { SealedReply } from './sealed-channel.js';

export interface FetchedLogParts {
  readonly cursor: string;
  readonly clock: Clock;
  readonly signal: StopSignal;
  readonly ask: <Name extends 'nextLogChunk' | 'closeLog'>(
    operation: Name,
    input: AgentInput<Name>,
  ) => Promise<SealedReply>;
}

const RETRY_TIMEOUT_MS = 20_000;
const AGAIN_MS = 500;

/** Fetches a log as it is read, so that a slow reader slows the agent down. */
export async function* fetchLog({ cursor, clock, signal, ask }: FetchedLogParts): AsyncGenerator<Uint8Array> {
  let over = false;
  try {
    for (let chunk = 0; !over && !signal.aborted; chunk += 1) {
      const message = await fetchChunk(chunk);
      if (message === undefined) return;
      over = message.fields[LAST_CHUNK_HEADER] === 'true';
      if (message.data.length > 0) yield message.data;
    }
  } finally {
    // Best effort: the agent closes idle cursors automatically.
    if (!over) void ask('closeLog', { cursor }).catch(() => undefined);
  }

  async function fetchChunk(chunk: number): Promise<SealedReply | undefined> {
    const deadline = clock.monotonic() + RETRY_TIMEOUT_MS;
    while (!signal.aborted) {
      try {
        const message = await ask('nextLogChunk', { cursor, chunk });
        const { status, fields, body } = message;
        if (status === 200 && fields[CHUNK_HEADER] === String(chunk)) return message;
        if (status !== 503) throw new LogBroken(errorText(body, status));
      } catch (error) {
        if (error instanceof LogBroken || clock.monotonic() > deadline)
          throw error instanceof LogBroken ? error : new LogBroken(problemOf(error));
      }
      await clock.sleep(AGAIN_MS, signal);
    }
    return undefined;
  }
}

/** The agent refuses to continue the log, or was unavailable for too long. */
class LogBroken extends Error {
  override readonly name = 'LogBroken';
}
