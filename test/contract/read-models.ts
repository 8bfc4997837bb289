import type { Test } from 'tap';
import { checkpointsContract } from './read-models/checkpoints.js';
import type { OpenPlace } from './read-models/fixture.js';
import { foldingContract } from './read-models/folding.js';
import { positionsContract } from './read-models/positions.js';

/**
 * Tests the engine and the read side over one adapter of its storage. `open` makes an empty place each time. `histories` is the number of random histories to
 * fold, fewer where each one needs a server. `shared` says whether several processes read the stored models.
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
