import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import t, { type Test } from 'tap';

const RUN = pathToFileURL(join(import.meta.dirname, 'run.js')).href;
const TAP = fileURLToPath(import.meta.resolve('tap'));

/** Runs these files as `npm test` does, in a separate process. */
async function run(
  t: Test,
  files: Readonly<Record<string, string>>,
  { together = false, rounds = [''] as readonly string[] } = {},
): Promise<{
  readonly code: number | null;
  readonly printed: string;
  readonly totals: string;
  readonly failures: readonly string[];
}> {
  const folder = t.testdir({
    ...Object.fromEntries(
      Object.entries(files).map(([name, body]) => [
        name,
        `import t from ${JSON.stringify(pathToFileURL(TAP).href)};\n${body}`,
      ]),
    ),
    'main.mjs': `import { runFiles } from ${JSON.stringify(RUN)};\nprocess.exitCode = (await runFiles(${JSON.stringify(rounds)}.flatMap((label) => process.argv.slice(2).map((path) => ({ path, label, together: ${together} }))), { jobs: { atLeast: 2, atMost: 4 } })) ? 0 : 1;`,
  });
  const totals = join(folder, 'totals');
  const { NODE_OPTIONS: _loaders, TAP_CHILD_ID: _id, TAP_CHILD_KEY: _key, ...env } = process.env;
  const child = spawn(process.execPath, [join(folder, 'main.mjs'), ...Object.keys(files)], {
    cwd: folder,
    env: { ...env, MUSTER_TEST_TOTALS: totals },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const [line = '', ...failures] = readFileSync(totals, 'utf8').trim().split('\n');
  return { code, printed, totals: line, failures };
}

void t.test(
  'reports files that fail, hang, crash or cannot be loaded as failures, and counts the other files',
  async (t) => {
    const { code, printed, totals, failures } = await run(t, {
      'good.test.mjs': `void t.test('one', async (t) => { t.ok(true); }); void t.test('two', async (t) => { t.ok(true); });`,
      'bad.test.mjs': `void t.test('half', async (t) => { t.equal(1, 2, 'one is two'); });`,
      'hangs.test.mjs': `t.setTimeout(500); void t.test('for ever', () => new Promise(() => setInterval(() => undefined, 1000)));`,
      'breaks.test.mjs': `void t.test('off', async () => process.kill(process.pid, 'SIGKILL'));`,
      'loads.test.mjs': `import './there-is-none.mjs';`,
      'throws.test.mjs': `await new Promise((resolve) => setTimeout(resolve, 10)); throw new Error('no server came up');`,
      'left.test.mjs': `void t.test('out', { skip: 'not here' }, async () => undefined);`,
    });
    t.equal(code, 1);
    // For a file that hangs, tap may report a second timeout for its process.
    t.match(totals, /^2 passed, [56] failed, 1 skipped$/);
    const last = printed.trimEnd().split('\n');
    t.equal(last.at(-1), totals);
    t.same(
      last.slice(-failures.length - 2, -2),
      failures,
      'all failures are repeated after the slowest files',
    );
    for (const name of ['bad', 'hangs', 'breaks', 'loads', 'throws'])
      t.ok(
        failures.some((each) => each.startsWith(`✖ ${name}.test.mjs`)),
        name,
      );
    t.match(
      failures.join('\n'),
      /✖ throws\.test\.mjs\n[^✖]*Error: no server came up/,
      'an error outside of any test is also repeated at the end',
    );
    t.match(failures.join('\n'), /✖ breaks\.test\.mjs[^✖]*SIGKILL/);
    t.match(printed, /^pass {2}good\.test\.mjs {2}2 passed/m);
    for (const name of ['bad', 'hangs', 'breaks', 'loads'])
      t.match(printed, new RegExp(`^FAIL {2}${name}\\.test\\.mjs `, 'm'));
    t.match(printed, /^skip {2}left\.test\.mjs {2}0 passed, 1 skipped/m);
    t.match(printed, /one is two/);
    t.match(printed, /^pass .* \(\d+\.\d s, \d+\.\d s of processor time\)$/m);
  },
);

void t.test(
  'reports each file in a shared process, even if it fails, cannot be loaded, leaks or asserts on the root',
  async (t) => {
    const declared = (name: string, body: string): string =>
      `void t.test('${name}', async (t) => { ${body} });`;
    const { code, printed, totals } = await run(
      t,
      {
        'good.test.mjs': declared('one', 't.ok(true);') + declared('two', 't.ok(true);'),
        'folder.test.mjs': `const folder = t.testdir({ a: 'b' }); const isNamed = t.testdirName === folder; let ended = false; t.teardown(() => { ended = true; }); ${declared('there', `t.match(folder, /folder/); t.ok(isNamed); t.notOk(ended);`)}`,
        'bad.test.mjs': declared('half', `t.equal(1, 2, 'one is two');`),
        'root.test.mjs': `const say = () => t.ok(false, 'said by the root'); void t.test('says', async () => say());`,
        'left.test.mjs': declared('leaves', 'setInterval(() => undefined, 1000); t.ok(true);'),
        'loads.test.mjs': `import './there-is-none.mjs';`,
        'masks.test.mjs': declared('masks', 't.ok(process.umask(0o077) !== 0o077);'),
        'last.test.mjs': declared('runs all the same', 't.ok(process.umask(0o022) !== 0o077);'),
      },
      { together: true },
    );
    t.equal(code, 1);
    t.match(totals, /^7 passed, 4 failed, 0 skipped$/);
    t.match(printed, /^pass {2}good\.test\.mjs {2}2 passed/m);
    for (const name of ['folder', 'last'])
      t.match(printed, new RegExp(`^pass {2}${name}\\.test\\.mjs {2}1 passed`, 'm'));
    for (const name of ['bad', 'root', 'left', 'loads'])
      t.match(printed, new RegExp(`^FAIL {2}${name}\\.test\\.mjs `, 'm'));
    t.match(printed, /one is two/);
    t.match(printed, /said by the root/);
    t.match(printed, /is left: Timeout/);
    t.match(printed, /^pass .* \(\d+\.\d s, \d+\.\d s of processor time\)$/m);
  },
);

void t.test('reports the unfinished files of a crashed shared process as failures', async (t) => {
  const { code, printed, totals } = await run(
    t,
    {
      'good.test.mjs': `void t.test('one', async (t) => { t.ok(true); });`,
      'breaks.test.mjs': `void t.test('off', async () => process.kill(process.pid, 'SIGKILL'));`,
      'behind.test.mjs': `void t.test('never', async (t) => { t.ok(true); });`,
    },
    { together: true },
  );
  t.same([code, totals], [1, '2 passed, 1 failed, 0 skipped']);
  t.match(printed, /^flaky: behind\.test\.mjs \(first: its process ended before it did: SIGKILL\)$/m);
  for (const name of ['breaks', 'behind'])
    t.match(printed, new RegExp(`^FAIL {2}${name}\\.test\\.mjs `, 'm'));
  t.match(printed, /its process ended before it did: SIGKILL/);
});

void t.test('gives rounds of one file that run at the same time folders of their own', async (t) => {
  const body = `import { existsSync, writeFileSync } from 'node:fs';
    void t.test('alone', async (t) => { const mine = t.testdir(); writeFileSync(mine + '/mark', '');
      await new Promise((resolve) => setTimeout(resolve, 1_000)); t.ok(existsSync(mine + '/mark'), 'another round emptied the folder'); });`;
  const { totals, failures } = await run(
    t,
    { 'mark.test.mjs': body },
    { rounds: ['', 'round 2: ', 'round 3: '] },
  );
  t.same([totals, failures], ['3 passed, 0 failed, 0 skipped', []]);
});

void t.test('neither a test nor its child processes run under a loader', async (t) => {
  const { code, totals } = await run(t, {
    'plain.test.mjs': `import { execFileSync } from 'node:child_process';
      const seen = () => JSON.stringify([process.execArgv, process.env.NODE_OPTIONS ?? '']);
      void t.test('here', async (t) => { t.equal(seen(), '[["--enable-source-maps"],""]'); });
      void t.test('there', async (t) => { t.equal(String(execFileSync(process.execPath, ['-p', 'JSON.stringify([process.execArgv.length, process.env.NODE_OPTIONS ?? ""])'])).trim(), '[2,""]'); });`,
  });
  t.same([code, totals], [0, '2 passed, 0 failed, 0 skipped']);
});

/** A test that fails when it first runs, and passes from then on. */
const flakyTest = (name: string): string => `import { existsSync, writeFileSync } from 'node:fs';
  void t.test('may fail', async (t) => { const again = existsSync('${name}'); writeFileSync('${name}', ''); t.ok(again, 'it was there'); });`;

void t.test('runs a failed file again, and lists it as flaky if it passes then', async (t) => {
  for (const together of [false, true]) {
    const { code, printed, totals } = await run(
      t,
      {
        'bad.test.mjs': `void t.test('never', async (t) => { t.equal(1, 2); });`,
        'good.test.mjs': `void t.test('one', async (t) => { t.ok(true); });`,
        'flaky.test.mjs': flakyTest('seen'),
      },
      { together },
    );
    t.same([code, totals], [1, '2 passed, 1 failed, 0 skipped']);
    t.match(printed, /^flaky: flaky\.test\.mjs > may fail \(first: it was there\)$/m);
  }
});

void t.test('passes if two files are flaky, and fails if three are', async (t) => {
  const two = { 'a.test.mjs': flakyTest('a'), 'b.test.mjs': flakyTest('b') };
  const passed = await run(t, two);
  t.same([passed.code, passed.totals], [0, '2 passed, 0 failed, 0 skipped']);
  const failed = await run(t, { ...two, 'c.test.mjs': flakyTest('c') });
  t.same([failed.code, failed.totals], [1, '3 passed, 1 failed, 0 skipped']);
  t.same(failed.failures, [
    '✖ 3 files passed only when they were run again',
    ...['a', 'b', 'c'].map((name) => `flaky: ${name}.test.mjs > may fail (first: it was there)`),
  ]);
});
