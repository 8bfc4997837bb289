import t from 'tap';
import { MusterError } from '#domain/kernel/errors/index.js';
import { failingTo } from '#src/surfaces/services/failing.js';

void t.test(
  "reports failures of a store or node with the contract's message, and keeps the cause",
  async (t) => {
    for (const cause of [
      new Error('boom'),
      new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: 'x' }),
      new MusterError('MUSTER_E_INTERNAL', { requestId: 'x' }),
      new MusterError('MUSTER_E_AGENT_UNREACHABLE', { nodeId: 'n', problem: 'x' }),
    ]) {
      await t.rejects(
        failingTo('list users', async () => Promise.reject(cause)),
        { code: 'MUSTER_E_FAILED', status: 500, message: 'Failed to list users', cause },
      );
    }
  },
);

void t.test('rethrows errors of the caller, overload and startup unchanged', async (t) => {
  for (const error of [
    new MusterError('MUSTER_E_USER_NOT_FOUND'),
    new MusterError('MUSTER_E_OVERLOADED', { what: 'x' }),
    new MusterError('MUSTER_E_READ_MODEL_UNAVAILABLE', { model: 'users', problem: 'x' }),
  ])
    await t.rejects(
      failingTo('list users', async () => Promise.reject(error)),
      error,
    );
  t.equal(await failingTo('list users', async () => Promise.resolve(1)), 1);
});
