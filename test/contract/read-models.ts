import type { Test } from 'tap';
import { checkpointsContract } from './read-models/checkpoints.js';
import type { OpenPlace } from './read-models/fixture.js';
import { foldingContract } from './read-models/folding.js';
import { positionsContract } from './read-models/positions.js';

/**
 * What the engine must do over every adapter of its storage, and what the adapter's read side must show. `open` makes an
 * empty place each time. `histories`: how many random ones are folded; fewer where each costs a server's time. `shared`: whether
 * several processes read what is kept there.
 */
export async function readModelsContract(
  test: Test,
  open: OpenPlace,
  { histories = 60, shared = false } = {},
): Promise<void> {
  await test.test('folding', (part) => foldingContract(part, open, histories));
  await test.test('checkpoints and generations', (part) => checkpointsContract(part, open));
  await test.test('positions', (part) => positionsContract(part, open, shared));
}
