import t from 'tap';
import { allocatedBytes } from './allocated.js';

const MB = 2 ** 20;

void t.test('sums what the main thread allocated between collections', (t) => {
  const lines = [
    '[9:0x55d0c0]       40 ms: Mark-Compact (reduce) 5.0 (8.0) -> 4.0 (8.0) MB, 3.1 / 0.0 ms  (average mu = 1.000) testing; GC in old space requested',
    'Muster listens on http://127.0.0.1:1234',
    '[9:0x77aa10]       60 ms: Scavenge 90.0 (99.0) -> 1.0 (99.0) MB, 0.6 / 0.0 ms  (average mu = 1.000) task;',
    '[9:0x55d0c0]      100 ms: Scavenge 9.5 (12.0) -> 4.5 (12.0) MB, 0.6 / 0.0 ms  (average mu = 1.000) allocation failure;',
    '[9:0x55d0c0]      200 ms: Scavenge 12.5 (12.0) -> 5.0 (12.0) MB, 0.6 / 0.0 ms  (average mu = 1.000) allocation failure;',
    '[9:0x55d0c0]      300 ms: Scavenge 13.0 (14.0) -> 5.0 (14.0) MB, 0.6 / 0.0 ms  (average mu = 1.000) allocation failure;',
  ];
  const allocated = allocatedBytes(lines);
  t.equal(allocated({ from: 150, to: 300 }), (8 + 8) * MB);
  t.equal(allocated({ from: 0, to: 150 }), 5.5 * MB, 'other threads and the first collection do not count');
  t.equal(allocated({ from: 400, to: 500 }), 0);
  t.end();
});
