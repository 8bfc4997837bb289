import { lockDataDirectory } from '#src/engine/event-store/index.js';

/** Holds a data directory until it is killed, or prints why it cannot. */
const [directory = ''] = process.argv.slice(2);
try {
  lockDataDirectory(directory);
  console.log('held');
  process.stdin.resume();
  setInterval(() => undefined, 60_000);
} catch (error) {
  console.log(error instanceof Error ? error.message : String(error));
  process.exitCode = 75;
}
