import type { Catalog } from '#domain/kernel/catalog/index.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { Check, Finding } from '#src/engine/read-models/index.js';

const CHECK = 'streams';
/** Number of streams that are read at the same time. */
const CONCURRENCY = 16;
/** Maximum number of streams that are named. Further ones are only counted. */
const NAMED = 50;

/**
 * Checks that each of Muster's streams can be read from its first event on. Nobody can act on a stream that was deleted or truncated, although its
 * events may still be in the log.
 */
export const cutStreamsCheck = ({ isOwnStream }: Pick<Catalog, 'isOwnStream'>): Check => ({
  name: CHECK,
  async run(log) {
    const newest = new Map<string, number>();
    for await (const page of log.readAll())
      for (const { stream, revision } of page)
        if (isOwnStream(stream)) newest.set(stream, Math.max(revision, newest.get(stream) ?? 0));
    const findings: Finding[] = [];
    const left = newest.entries();
    const look = async (): Promise<void> => {
      for (const [stream, last] of left) {
        const problem = await problemOf(log, stream, last);
        if (problem !== undefined) findings.push({ check: CHECK, subject: stream, problem });
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, look));
    const more = findings.length - NAMED;
    return [
      ...findings.slice(0, NAMED),
      ...(more > 0 ? [{ check: CHECK, subject: `${more} further streams`, problem: 'lack events' }] : []),
    ];
  },
});

async function problemOf(log: EventStore, stream: string, last: number): Promise<string | undefined> {
  try {
    for await (const [first] of log.readStream(stream, { limit: 1 }))
      if (first !== undefined)
        return first.revision === 0 ? undefined : `is truncated: ${revisions(first.revision - 1)} lost`;
    return `is deleted, or truncated to nothing: ${revisions(last)} lost`;
  } catch (error) {
    if (!isMusterError(error, 'MUSTER_E_STREAM_DELETED')) throw error;
    return `is permanently deleted: ${revisions(last)} lost`;
  }
}

function revisions(last: number): string {
  return last === 0 ? 'revision 0 is' : `revisions 0 to ${last} are`;
}
