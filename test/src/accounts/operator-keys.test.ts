import { inspect } from 'node:util';
import t from 'tap';
import { OperatorKeys } from '#src/accounts/operator-keys.js';

void t.test('identifies each operator key as the same operator, and accepts nothing else', (t) => {
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
    t.equal(keys.identify(key)?.scopes, undefined, 'an operator key has every scope');
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
  t.notMatch(
    inspect(keys, { depth: 9, showHidden: true }),
    /first|second/,
    'inspecting the object does not print a key',
  );
  t.end();
});
