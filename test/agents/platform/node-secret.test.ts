import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { openNodeCredential } from '#agents/platform/node-secret.js';

void t.test('uses a secret as soon as it is on disk, even after a restart', async (t) => {
  const root = t.testdir();
  const credential = openNodeCredential(root, 'the-join-token');
  t.same([credential.token(), credential.secret()], ['the-join-token', undefined]);
  await credential.keep('musnode_1');
  t.same([credential.token(), credential.secret()], ['musnode_1', 'musnode_1']);
  t.equal(readFileSync(path.join(root, 'node-secret'), 'utf8'), 'musnode_1\n');
  t.equal(statSync(path.join(root, 'node-secret')).mode & 0o077, 0);
  const again = openNodeCredential(root, 'the-join-token');
  t.same([again.token(), again.secret()], ['musnode_1', 'musnode_1']);
  again.doubt();
  t.same(
    [again.token(), again.secret()],
    ['the-join-token', 'musnode_1'],
    'a doubted secret still authorizes orders',
  );
});

void t.test('without a join token, uses a rejected secret in every other attempt', async (t) => {
  const root = t.testdir();
  await openNodeCredential(root, 'the-join-token').keep('musnode_1');
  const credential = openNodeCredential(root, undefined);
  t.equal(credential.token(), 'musnode_1');
  credential.doubt();
  t.equal(credential.token(), undefined);
  credential.doubt();
  t.equal(credential.token(), 'musnode_1');
});

void t.test(
  'if the secret cannot be saved, accepts orders with it but registers with the join token',
  async (t) => {
    const root = path.join(t.testdir(), 'agent');
    mkdirSync(path.join(root, 'node-secret'), { recursive: true });
    const credential = openNodeCredential(root, 'the-join-token');
    await t.rejects(credential.keep('musnode_1'));
    t.same([credential.token(), credential.secret()], ['the-join-token', 'musnode_1']);
    rmSync(path.join(root, 'node-secret'), { recursive: true });
    await credential.keep('musnode_1');
    t.equal(credential.token(), 'musnode_1');
    t.ok(existsSync(path.join(root, 'node-secret')));
  },
);

void t.test('reads the join token from its file only while no secret is accepted', async (t) => {
  const root = t.testdir();
  let reads = 0;
  let token: string | undefined = 'token-of-the-file';
  const credential = openNodeCredential(root, () => {
    reads += 1;
    if (token === undefined) throw new Error('ENOENT');
    return token;
  });
  t.equal(reads, 0);
  t.equal(credential.token(), 'token-of-the-file');
  await credential.keep('musnode_1');
  t.equal(credential.token(), 'musnode_1');
  t.equal(reads, 1, 'the file is not read again');
  credential.doubt();
  token = 'token-that-replaced-it';
  t.equal(credential.token(), 'token-that-replaced-it');
  token = undefined;
  t.equal(credential.token(), 'musnode_1', 'without the file the secret is presented');
});
