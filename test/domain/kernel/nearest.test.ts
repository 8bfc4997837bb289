import t from 'tap';
import { didYouMean, nearest } from '#domain/kernel/nearest.js';

void t.test('finds the word that was meant', async (t) => {
  t.equal(nearest('JobStoped', ['JobSubmitted', 'JobStopped', 'JobUpdated']), 'JobStopped');
  t.equal(nearest('jobstopped', ['JobSubmitted', 'JobStopped']), 'JobStopped');
  t.equal(nearest('wbe', ['web', 'worker']), 'web');
  t.equal(nearest('hello', ['nightly-report']), undefined);
  t.equal(nearest('hello', []), undefined);
  t.equal(nearest('12345', ['12346']), undefined);
  t.equal(didYouMean('helo', ['hello']), '; did you mean hello?');
  t.equal(didYouMean('x', ['hello']), '');
});
