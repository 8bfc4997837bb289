import type { Test } from 'tap';
import { checkpointsContract } from './read-models/checkpoints.js';
import type { OpenPlace } from './read-models/fixture.js';
import { foldingContract } from './read-models/folding.js';

/**
 * What the engine must do over every adapter of its storage, and what the adapter's read side must show. `open` makes an
 * empty place each time.
 */
export async function readModelsContract(test: Test, open: OpenPlace): Promise<void> {
  await test.test('folding', (part) => foldingContract(part, open));
  await test.test('checkpoints and generations', (part) => checkpointsContract(part, open));
}
