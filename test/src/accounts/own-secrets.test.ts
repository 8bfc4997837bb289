import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ownSecret } from '#src/accounts/own-secrets.js';

void t.test('creates a secret once, readable only by its owner', (t) => {
  const directory = t.testdir();
  const secret = ownSecret(directory, 'data.key');
  t.equal(secret.byteLength, 32);
  t.ok(ownSecret(directory, 'data.key').equals(secret));
  t.notOk(ownSecret(directory, 'jwt.key').equals(secret));
  t.same(readdirSync(directory).sort(), ['data.key', 'jwt.key']);
  t.equal(statSync(join(directory, 'data.key')).mode & 0o777, 0o600);
  t.end();
});

void t.test(
  'creates a secret despite a leftover file of a process that was killed while creating one',
  (t) => {
    const directory = t.testdir();
    writeFileSync(join(directory, `data.key.${process.pid}`), 'half of a sec');
    const secret = ownSecret(directory, 'data.key');
    t.equal(readFileSync(join(directory, 'data.key'), 'utf8'), `${secret.toString('base64')}\n`);
    t.end();
  },
);

void t.test('reports a file that contains no valid secret, and leaves it unchanged', (t) => {
  const directory = t.testdir({ 'data.key': 'too short\n' });
  t.throws(() => ownSecret(directory, 'data.key'), {
    message: /data\.key does not contain 32 bytes in base64/,
  });
  t.equal(readFileSync(join(directory, 'data.key'), 'utf8'), 'too short\n');
  t.end();
});
