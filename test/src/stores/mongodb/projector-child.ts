import { systemClock } from '#agents/platform/clock/system-clock.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import { FOLDS, PROJECTIONS } from '#src/process/read-side/folds.js';
import { openEventStoreReadOnly } from '#src/engine/event-store/index.js';
import { ReadModelEngine } from '#src/engine/read-models/engine.js';
import { openMongoStorage } from '#src/stores/mongodb/open.js';

/**
 * Follows a log into MongoDB until it loses the lease. Prints `ready` with the number of lease checks before that and the milliseconds until it had
 * the lease, and why it ended.
 */
const [directory, url, owner] = process.argv.slice(2) as [string, string, string];
let looks = 0;
const lost = new AbortController();
const store = openEventStoreReadOnly(directory);
const from = performance.now();
const storage = await openMongoStorage({
  url,
  owner,
  onStandby: async () => void (looks += 1),
  onLost: () => lost.abort(),
});
const waited = Math.round(performance.now() - from);
let said = false;
const engine = new ReadModelEngine({
  ...FOLDS,
  store,
  storage: storage!,
  projections: PROJECTIONS,
  onProgress: ({ caughtUp }) => {
    if (caughtUp && !said) console.log(`ready ${looks} ${waited}`);
    said ||= caughtUp;
  },
});
// A log that is opened read-only sends no notifications, so it is polled.
try {
  while (!lost.signal.aborted) {
    await engine.run();
    await systemClock.sleep(1);
  }
  console.log('lost');
} catch (error) {
  console.log(isMusterError(error) ? error.code : String(error));
}
await storage!.close();
await store.close();
