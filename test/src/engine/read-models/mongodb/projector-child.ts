import { systemClock } from '#agents/clock/system-clock.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import { PROJECTIONS } from '#src/server/folds.js';
import { openEventStoreReadOnly } from '#src/engine/event-store/index.js';
import { ReadModelEngine } from '#src/engine/read-models/engine.js';
import { openMongoStorage } from '#src/engine/read-models/mongodb/index.js';

/** Follows a log into MongoDB until it may not any more; says `ready` and how often it looked at the lease before, and why it ended. */
const [directory, url, owner] = process.argv.slice(2) as [string, string, string];
let looks = 0;
const lost = new AbortController();
const store = openEventStoreReadOnly(directory);
const storage = await openMongoStorage({
  url,
  owner,
  onStandby: async () => void (looks += 1),
  onLost: () => lost.abort(),
});
let said = false;
const engine = new ReadModelEngine({
  store,
  storage: storage!,
  projections: PROJECTIONS,
  onProgress: ({ caughtUp }) => {
    if (caughtUp && !said) console.log(`ready ${looks}`);
    said ||= caughtUp;
  },
});
// The log has no news for who only reads it: it is asked again and again.
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
