import { inspect } from 'node:util';
import t from 'tap';
import { OperatorKeys } from '#src/accounts/operator-keys.js';

void t.test('each key is the same operator, and nothing else is', (t) => {
  const keys = new OperatorKeys(['first-key-0123456789', 'second-key-0123456789']);
  const operator = {
    kind: 'user',
    userId: 'operator-key',
    role: 'admin',
    tenantId: 'default',
    execute: true,
    via: 'apiKey',
  };
  for (const key of ['first-key-0123456789', 'second-key-0123456789']) {
    t.match(keys.identify(key), operator);
    t.equal(keys.identify(key)?.scopes, undefined, 'every scope');
  }
  for (const other of [
    '',
    'first-key-012345678',
    'first-key-01234567890',
    'FIRST-KEY-0123456789',
    'first-key-0123456789,second-key-0123456789',
    'operator-key',
  ])
    t.equal(keys.identify(other), undefined, other);
  t.equal(new OperatorKeys([]).identify(''), undefined);
  t.notMatch(inspect(keys, { depth: 9, showHidden: true }), /first|second/, 'nothing prints one');
  t.end();
});
