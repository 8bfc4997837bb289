/**
 * Runs test files one after the other in this process, because loading tap and the modules under test takes longer than most of them. `MUSTER_TEST_BATCH`
 * lists the files, one per line. They are not arguments, because tap names folders after those. Each file is one subtest of the root, and its calls on tap's
 * global `t` go to that subtest.
 */
import { relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import t, { type Test } from 'tap';
import { UMASK } from '../fixtures/plain-process.js';
import { PROCESSOR_TIME } from './tally.js';

const timeout = Number(process.env['TAP_TIMEOUT'] ?? 120) * 1000;
/** Maximum milliseconds until a closed resource is gone. */
const CLOSING_MS = 10_000;

const OF_THE_FILE = [
  ...(['after', 'before', 'passing', 'teardown', 'testdir'] as const),
  ...([
    'equal',
    'fail',
    'match',
    'not',
    'notOk',
    'ok',
    'pass',
    'rejects',
    'same',
    'strictSame',
    'throws',
  ] as const),
] as const;

t.setTimeout(0);
const root = Object.fromEntries(['test', ...OF_THE_FILE].map((name) => [name, t[name as 'test']]));
const rootDirectory = { configurable: true, value: t.testdirName };
const begin = t.test.bind(t);

const paths = (process.env['MUSTER_TEST_BATCH'] ?? '').split('\n');
delete process.env['MUSTER_TEST_BATCH'];
let leaves = false;

for (const path of paths) {
  // An agent that an earlier file started in this process has set it for its own files.
  process.umask(UMASK);
  const open = process.getActiveResourcesInfo();
  const name = relative(process.cwd(), path);
  await begin(name, { timeout }, async (file: Test) => {
    const before = process.cpuUsage();
    const begun: Promise<unknown>[] = [];
    const test = (...given: Parameters<Test['test']>): ReturnType<Test['test']> => {
      const ended = file.test(...given);
      begun.push(ended);
      return ended;
    };
    Object.assign(t, { test });
    for (const name of OF_THE_FILE)
      Object.assign(t, {
        [name]: (...given: unknown[]) => (file[name] as (...given: unknown[]) => unknown)(...given),
      });
    Object.defineProperty(t, 'testdirName', { configurable: true, get: () => file.testdirName });
    await import(pathToFileURL(path).href);
    await Promise.all(begun);
    const { user, system } = process.cpuUsage(before);
    file.comment(`${PROCESSOR_TIME}${((user + system) / 1e6).toFixed(2)}`);
  });
  Object.assign(t, root);
  Object.defineProperty(t, 'testdirName', rootDirectory);
  const left = await leftOpen(open);
  if (left.length === 0) continue;
  leaves = true;
  await begin(
    name,
    async (after: Test) =>
      void after.fail(`a resource that keeps the process alive is left: ${left.join(', ')}`),
  );
}
if (leaves) process.exit(1);

/** Returns the resources that keep the process alive and were not open before. Waits for them to close first. */
async function leftOpen(before: readonly string[]): Promise<string[]> {
  for (const began = performance.now(); ; await pause(10)) {
    const known = [...before];
    const left = process.getActiveResourcesInfo().filter((each) => {
      const at = known.indexOf(each);
      if (at !== -1) known.splice(at, 1);
      return at === -1;
    });
    if (left.length === 0 || performance.now() - began > CLOSING_MS) return left;
  }
}
