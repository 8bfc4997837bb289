import { totalmem } from 'node:os';
import t from 'tap';
import { usableMemory } from '#agents/fingerprint/usable-memory.js';

const GIBIBYTE = 2 ** 30;

void t.test("uses the agent's own memory limit if it is below the memory of the machine", async (t) => {
  t.equal(usableMemory(24 * GIBIBYTE, 4 * GIBIBYTE), 4 * GIBIBYTE);
  t.equal(
    usableMemory(24 * GIBIBYTE, 2 ** 64),
    24 * GIBIBYTE,
    'a limit above the memory of the machine is ignored',
  );
  t.equal(usableMemory(24 * GIBIBYTE, 0), 24 * GIBIBYTE, 'a limit of 0 is ignored');
  t.ok(usableMemory() > 0 && usableMemory() <= totalmem());
});
