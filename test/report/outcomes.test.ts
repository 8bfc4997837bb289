import t from 'tap';
import { Outcomes } from './outcomes.js';

void t.test('prints the first and last lines of a long failure, without empty lines', (t) => {
  const outcomes = new Outcomes(1);
  const diagnostics = Array.from({ length: 100 }, (_, index) => `line ${index}`).flatMap((line) => [
    line,
    ' ',
  ]);
  const tally = { passed: 0, failed: 1, skipped: 0 };
  outcomes.add({
    file: 'a.test.js',
    tally,
    failures: [{ name: 'a.test.js > long', diagnostics }],
    seconds: 1,
  });
  outcomes.add({
    file: 'b.test.js',
    tally,
    failures: [{ name: 'b.test.js > short', diagnostics: ['why', '', 'where'] }],
    seconds: 1,
  });
  const told = outcomes.failed();
  t.match(told, ['✖ a.test.js > long', '  line 0']);
  t.same(told.slice(30, 33), ['  line 29', '  … 40 lines …', '  line 70']);
  t.same(told.slice(-4), ['  line 99', '✖ b.test.js > short', '  why', '  where']);
  t.end();
});
