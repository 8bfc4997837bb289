import type { Clock } from '#domain/kernel/ports/clock.js';
import type { WireServerThread } from '#src/stores/eventstore-server/index.js';
import type { Log } from '../output/log.js';

const PAUSE_MS = 5000;

/**
 * Starts a thread and restarts it whenever it ends, until closed, so that a failure that external clients cause in the thread does not stop Muster.
 * Throws if the first start fails.
 */
export async function superviseThread(
  start: () => Promise<WireServerThread>,
  log: Log,
  clock: Pick<Clock, 'sleep'>,
): Promise<{ close(): Promise<void> }> {
  const closing = new AbortController();
  const { signal } = closing;
  const begin = async (): Promise<WireServerThread> => {
    const thread = await start();
    log.info({ code: 'event-store-listening', url: thread.url });
    return thread;
  };
  const failed = (problem: unknown): undefined => {
    log.error({
      code: 'event-store-server-failed',
      problem: problem instanceof Error ? problem.message : String(problem),
    });
  };
  let current: WireServerThread | undefined = await begin();
  const kept = (async () => {
    for (;;) {
      const problem = await current?.stopped;
      if (signal.aborted) return;
      if (problem !== undefined) failed(problem);
      await clock.sleep(PAUSE_MS, signal);
      if (signal.aborted) return;
      current = await begin().catch(failed);
    }
  })();
  return {
    async close() {
      closing.abort();
      await current?.close();
      await kept;
      await current?.close();
    },
  };
}
