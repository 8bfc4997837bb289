import t from 'tap';
import { IdempotencyKeyCache } from '#src/engine/commands/idempotency-key-cache.js';
import { commandContext } from '../../../fixtures/command-context.js';
import type { CommandContext } from '#domain/kernel/ports/command-executor.js';

const command = (commandId: string, bodyDigest: string): CommandContext =>
  commandContext({ commandId, bodyDigest, repeatable: true, actor: 'anonymous', surface: 'cluster' });

void t.test('refuses a repeated key with another body', async (t) => {
  const keys = new IdempotencyKeyCache(10);
  keys.check(command('a', '1'));
  keys.keep(command('a', '1'));
  keys.check(command('a', '1'));
  keys.check(command('b', '2'));
  t.throws(() => keys.check(command('a', '2')), { code: 'MUSTER_E_IDEMPOTENCY_KEY_REUSED' });
});

void t.test('keeps only a limited number of the newest keys', async (t) => {
  const keys = new IdempotencyKeyCache(2);
  for (const id of ['a', 'b']) keys.keep(command(id, '1'));
  t.throws(() => keys.check(command('a', '2')));
  keys.keep(command('a', '1'));
  keys.keep(command('c', '1'));
  keys.check(command('b', '2'));
  for (const id of ['a', 'c']) t.throws(() => keys.check(command(id, '2')), id);
});
