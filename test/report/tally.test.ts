import t from 'tap';
import { TapTally, type FileReport } from './tally.js';

const tap = `TAP version 14
1..3
# Subtest: dist/test/a.test.js
    # Subtest: holds
        ok 1 - should be equal
        1..1
    ok 1 - holds # time=3.849ms
    
    # Subtest: was skipped by an assertion
        ok 1 - needs docker # SKIP docker is missing
        1..1
    ok 2 - was skipped by an assertion # time=1ms
    
    ok 3 - was skipped whole # SKIP no
    # Subtest: a group
        # Subtest: inner
            not ok 1 - boom
              ---
              source: |
                ok 1 - a line that only looks like a result
              ...
            
            1..1
        not ok 1 - inner # time=21.817ms
          ---
          at: {}
          ...
        
        1..1
    not ok 4 - a group # time=29.789ms
      ---
      at: {}
      ...
    
    1..4
not ok 1 - dist/test/a.test.js # time=46.604ms
  ---
  exitCode: 1
  ...

# Subtest: dist/test/crashes.test.js
    # Subtest: holds before the crash
        ok 1 - fine
        1..1
    ok 1 - holds before the crash # time=3ms
    1..1
not ok 2 - dist/test/crashes.test.js # time=1.5s
  ---
  signal: SIGSEGV
  ...

# Subtest: dist/test/flat.test.js
    ok 1 - an assertion of the file itself
    1..1
ok 3 - dist/test/flat.test.js # time=1ms
`;

void t.test('counts tests instead of assertions, and counts a crashed file as failed', async (t) => {
  const tally = new TapTally();
  const files: FileReport[] = [...tap.split('\n').flatMap((line) => tally.line(line)), ...tally.end()];
  t.same(tally.total, { passed: 3, failed: 2, skipped: 2 });
  t.same(
    files.map((report) => report.tally),
    [
      { passed: 1, failed: 1, skipped: 2 },
      { passed: 1, failed: 1, skipped: 0 },
      { passed: 1, failed: 0, skipped: 0 },
    ],
  );
  t.match(files[0]?.failures, [
    { name: 'dist/test/a.test.js > a group > inner', diagnostics: ['boom', /source/] },
  ]);
  t.same(
    files[1]?.failures,
    [{ name: 'dist/test/crashes.test.js', diagnostics: ['signal: SIGSEGV'] }],
    'diagnostics after the result of a file are reported with the file',
  );
});

void t.test('attributes a timeout to its file, so that the file is run again', async (t) => {
  const tally = new TapTally();
  const text = `# Subtest: dist/test/slow.test.js
    # Subtest: waits
        not ok 1 - timeout!
          ---
          expired: TAP
          ...
        1..1
    not ok 1 - waits # time=3031.6ms
not ok 1 - dist/test/slow.test.js # time=3236.1ms
  ---
  signal: SIGALRM
  ...
not ok 2 - timeout!
  ---
  expired: dist/test/slow.test.js
  ...
`;
  const files = [...text.split('\n').flatMap((line) => tally.line(line)), ...tally.end()];
  t.same(
    files.map(({ file }) => file),
    ['dist/test/slow.test.js', 'dist/test/slow.test.js'],
  );
});

void t.test('counts a run that bails out as failed', async (t) => {
  const tally = new TapTally();
  tally.line('Bail out! no reason');
  tally.end();
  t.equal(tally.total.failed, 1);
});
