import { totalmem } from 'node:os';
import t from 'tap';
import { usableMemory } from '#agents/fingerprint/usable-memory.js';

const GIBIBYTE = 2 ** 30;

void t.test('a limit on the agent is what tasks share, and a missing one is none', async (t) => {
  t.equal(usableMemory(24 * GIBIBYTE, 4 * GIBIBYTE), 4 * GIBIBYTE);
  t.equal(usableMemory(24 * GIBIBYTE, 2 ** 64), 24 * GIBIBYTE, 'as on a machine without a limit');
  t.equal(usableMemory(24 * GIBIBYTE, 0), 24 * GIBIBYTE, 'as where control groups cannot be read');
  t.ok(usableMemory() > 0 && usableMemory() <= totalmem());
});
