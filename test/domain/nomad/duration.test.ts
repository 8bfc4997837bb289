import t from 'tap';
import { durationSeconds } from '#domain/nomad/duration.js';

void t.test('a duration in Go notation or in nanoseconds is converted to seconds', async (t) => {
  const known: readonly (readonly [string | number, number])[] = [
    ['30s', 30],
    ['1m30s', 90],
    ['500ms', 0.5],
    ['1.5h', 5400],
    ['0', 0],
    ['0s', 0],
    ['100us', 0.0001],
    [5_000_000_000, 5],
    [0, 0],
  ];
  for (const [written, seconds] of known) t.equal(durationSeconds(written), seconds, String(written));
});

void t.test('an invalid duration is refused', async (t) => {
  for (const written of ['', '30', 's', '-1s', '1s ', '1d', '1s2', '1e3s', -1, true, '1'.repeat(65) + 's'])
    t.equal(durationSeconds(written), undefined, String(written));
});
