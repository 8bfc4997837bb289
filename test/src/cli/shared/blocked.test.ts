import t from 'tap';
import { blockedSentence } from '#domain/explain/placement-words.js';
import { explainBlocked } from '#src/cli/shared/blocked.js';

const reason = {
  unplaced: 2,
  nodes: 5,
  filtered: { 'driver docker': 1 },
  exhausted: { cpu: 1, 'reserved for earlier work': 2, 'lost allocations': 1, gpus: 2 },
  short: { cpu: 300, gpus: 0.5 },
};

void t.test('lists the same reasons as the one-sentence explanation', async (t) => {
  const lines = explainBlocked({ web: reason });
  t.strictSame(lines.slice(0, 2), [
    'group web: 2 not placed; 5 nodes evaluated',
    '  1 node ruled out by driver docker',
  ]);
  t.equal(
    explainBlocked({ web: { ...reason, filtered: { unschedulable: 2 } } })[1],
    '  2 nodes ruled out by their state (down, draining, ineligible or not admitted yet)',
  );
  const sentence = blockedSentence({ web: reason });
  for (const line of lines.slice(2)) {
    const [count, ...words] = line.trim().split(/ nodes? /);
    t.match(sentence, `${count} of 5 nodes ${words.join(' ')}`);
  }
  t.equal(lines.length, 2 + Object.keys(reason.exhausted).length);
});
