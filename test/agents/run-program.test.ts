import { ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { ownFolder } from '../fixtures/folder.js';
import { runProgram } from '#agents/run-program.js';

const MISSING = 'no-such-program-of-muster';

type Ended = readonly [code: unknown, stdout: string];

function run(file: string, words: readonly string[], life: AbortSignal, then?: () => void): Promise<Ended> {
  return new Promise((resolve) => {
    runProgram(file, words, { life }, (error, stdout) => resolve([error?.code ?? error?.signal, stdout]));
    then?.();
  });
}

/** Counts calls of `kill`, and passes only calls with a process id on, because others could hit any process. */
function countKills(t: Test): () => number {
  let kills = 0;
  const { kill } = ChildProcess.prototype;
  ChildProcess.prototype.kill = function (this: ChildProcess, signal) {
    kills += 1;
    return this.pid === undefined ? false : kill.call(this, signal);
  };
  t.teardown(() => {
    ChildProcess.prototype.kill = kill;
  });
  return () => kills;
}

void t.test('reports a missing program, and sends no signal if aborted', async (t) => {
  const kills = countKills(t);
  const life = new AbortController();
  t.same(await run(MISSING, [], life.signal), ['ENOENT', '']);
  t.same(await run(MISSING, [], life.signal, () => life.abort()), ['ENOENT', '']);
  t.same(await run(MISSING, [], life.signal), ['ABORT_ERR', '']);
  t.equal(kills(), 0);
});

void t.test('a program is missing, even if a folder of PATH may not be searched', async (t) => {
  const closed = join(ownFolder(t), 'closed');
  mkdirSync(closed, { mode: 0o000 });
  const { PATH } = process.env;
  t.teardown(() => Object.assign(process.env, { PATH }));
  Object.assign(process.env, { PATH: `${closed}:${PATH}` });
  // The system says EACCES to all users but root.
  t.same(await run(MISSING, [], new AbortController().signal), ['ENOENT', '']);
});

void t.test('starts no program while the agent is stopping', async (t) => {
  t.same(await run('echo', ['started'], AbortSignal.abort()), ['ABORT_ERR', '']);
});

void t.test('kills a running program when the agent stops', async (t) => {
  const kills = countKills(t);
  const life = new AbortController();
  t.same(await run('sleep', ['300'], life.signal, () => setImmediate(() => life.abort())), ['SIGKILL', '']);
  t.equal(kills(), 1);
  t.same(await run('echo', ['alive'], new AbortController().signal), [undefined, 'alive\n']);
});
