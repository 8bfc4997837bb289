/**
 * Preloaded into a server that is measured (`NODE_OPTIONS=--import …`): gives each thread a name in `/proc`, because Node 20 names none, and prints
 * each garbage collection. It knows only file names, so it works for older revisions too.
 */
import { writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

/** Parts of the paths of worker modules, and the name of their thread. */
const NAMES = [
  ['writer', 'writer'],
  ['projector', 'projector'],
  ['builder', 'builder'],
  ['scheduler', 'scheduler'],
  ['transparency', 'transparency'],
  ['as-of', 'as-of'],
] as const;

const module = process.argv[1] ?? '';
const name = isMainThread ? 'main' : (NAMES.find(([part]) => module.includes(part))?.[1] ?? 'worker');
writeFileSync('/proc/thread-self/comm', name);

if (isMainThread && process.argv[2] === 'server') {
  // The first collection that is printed is that of the main thread, so that its others can be told apart.
  setFlagsFromString('--expose-gc');
  setFlagsFromString('--trace-gc');
  (runInNewContext('gc') as () => void)();
}
