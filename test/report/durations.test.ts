import t from 'tap';
import { durationName, withResults } from './durations.js';
import type { FileResult } from './outcomes.js';

const result = (file: string, processorSeconds: number): FileResult => ({
  file,
  processorSeconds,
  outcome: 'passed',
  flaky: false,
  seconds: 9,
});

void t.test('a run replaces the durations of its own files only, and short ones are not recorded', (t) => {
  const known = { 'scenarios/slow': 12, 'scenarios/faster': 8, 'scenarios/other': 7 };
  const found = withResults(known, [
    result('dist/test/scenarios/slow.test.js', 13.26),
    result('dist/test/scenarios/faster.test.js', 0.4),
    result('dist/test/domain/new.test.js', 2),
    result('over NATS: dist/test/scenarios/slow.test.js', 3),
  ]);
  t.strictSame(Object.entries(found), [
    ['domain/new', 2],
    ['over NATS: scenarios/slow', 3],
    ['scenarios/other', 7],
    ['scenarios/slow', 13.3],
  ]);
  t.end();
});

void t.test('a test is found by its path and label, wherever the checkout is', (t) => {
  t.equal(
    durationName('/x/dist/y/dist/test/scenarios/slow.test.js', 'over NATS: '),
    'over NATS: scenarios/slow',
  );
  t.equal(durationName('scenarios/slow.test.js'), 'scenarios/slow');
  t.end();
});
