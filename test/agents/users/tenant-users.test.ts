import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t, { type Test } from 'tap';
import { TenantUsers, type TenantUsersOptions } from '#agents/users/tenant-users.js';
import { subordinateIds } from '#agents/users/subordinate-ids.js';
import { ownFolder } from '../../fixtures/folder.js';

const range = { first: 200_000, last: 265_535 };
const open = (t: Test, options: Partial<TenantUsersOptions> = {}) => {
  const directory = options.directory ?? ownFolder(t);
  return TenantUsers.open({
    directory,
    range,
    separation: 'separate',
    isTaken: async () => false,
    subordinate: async () => [],
    ...options,
  });
};
const uidsOf = async (users: TenantUsers, ...tenants: string[]): Promise<(number | undefined)[]> =>
  (await Promise.all(tenants.map((tenant) => users.userOf(tenant)))).map((user) => user?.uid);

void t.test('assigns a tenant the same user id on every node on which it is free', async (t) => {
  const directory = ownFolder(t);
  const users = await open(t, { directory });
  const tenants = ['one', 'two', 'Tenant Three', 'ä', ''];
  const uids = await uidsOf(users, ...tenants, ...tenants);
  t.equal(new Set(uids).size, tenants.length);
  t.ok(uids.every((uid) => uid !== undefined && uid >= range.first && uid <= range.last));
  t.same(await users.userOf('one'), { uid: uids[0], gid: uids[0] }, 'the user has a group of its own');
  t.same(
    await uidsOf(await open(t, { directory }), ...tenants.toReversed()),
    uids.slice(0, tenants.length).reverse(),
  );
  t.same(await uidsOf(await open(t), ...tenants), uids.slice(0, tenants.length));
  t.equal((await stat(path.join(directory, 'tenant-users.json'))).mode & 0o777, 0o600);
});

void t.test('assigns different user ids to tenants that prefer the same one', async (t) => {
  const directory = ownFolder(t);
  const users = await open(t, { directory, range: { first: 300, last: 302 } });
  t.same((await uidsOf(users, 'a', 'b', 'c')).sort(), [300, 301, 302]);
  await t.rejects(users.userOf('d'), /^all user ids from 300 to 302 \(MUSTER_TASK_UIDS\) are in use$/);
  t.ok(await users.userOf('a'));
  t.notMatch(await readFile(path.join(directory, 'tenant-users.json'), 'utf8'), /"d"/);
});

void t.test('skips the user ids of host users', async (t) => {
  const users = await open(t, { range: { first: 300, last: 303 }, isTaken: async (uid) => uid !== 302 });
  t.same(await uidsOf(users, 'a'), [302]);
  await t.rejects(users.userOf('b'));
  t.same(
    await uidsOf(
      await TenantUsers.open({
        directory: ownFolder(t),
        range: { first: 65_533, last: 65_534 },
        separation: 'separate',
      }),
      'a',
    ),
    [65_533],
    'the user id of nobody is skipped',
  );
});

void t.test('skips the user ids that users of the host may use in namespaces', async (t) => {
  const files = t.testdir({
    subuid: '# comment\nann:100000:65536\nben:200000:100\n\nbroken:x:1\ncid:5:0\n',
    subgid: 'ben:200100:50',
  });
  const paths = ['subuid', 'subgid', 'none'].map((name) => path.join(files, name));
  t.same(await subordinateIds(paths), [
    { first: 100_000, last: 165_535 },
    { first: 200_000, last: 200_099 },
    { first: 200_100, last: 200_149 },
  ]);
  const users = await open(t, {
    range: { first: 200_098, last: 200_151 },
    subordinate: async () => await subordinateIds(paths),
  });
  t.same((await uidsOf(users, 'a', 'b')).sort(), [200_150, 200_151]);
  await t.rejects(users.userOf('c'), /^all user ids/);
});

void t.test('assigns user ids from a changed range, and keeps existing ones', async (t) => {
  const directory = ownFolder(t);
  const first = await uidsOf(await open(t, { directory, range: { first: 300, last: 301 } }), 'a', 'b');
  t.same(
    await uidsOf(await open(t, { directory, range: { first: 301, last: 303 } }), 'c', 'd').then((uids) =>
      uids.toSorted(),
    ),
    [302, 303],
  );
  t.same(await uidsOf(await open(t, { directory, range: { first: 300, last: 301 } }), 'a', 'b'), first);
});

void t.test('refuses tenants if it cannot switch users, unless a setting allows a shared user', async (t) => {
  const users = (separation: 'separate' | 'shared' | 'none', mayShare: boolean) =>
    open(t, { separation, mayShare });
  await t.rejects(
    (await users('shared', false)).userOf('a'),
    /the agent is not root.*MUSTER_TENANTS_SHARE_AGENT_USER/,
  );
  t.equal(await (await users('shared', true)).userOf('a'), undefined);
  for (const mayShare of [false, true])
    await t.rejects((await users('none', mayShare)).userOf('a'), /cannot switch to other users/);
  const takes = await Promise.all(
    (['separate', 'shared', 'none'] as const).map(async (separation) => [
      (await users(separation, false)).refusal,
      (await users(separation, true)).refusal,
    ]),
  );
  t.same(takes, [
    [undefined, undefined],
    ['shared_user', undefined],
    ['shared_user', 'shared_user'],
  ]);
});

void t.test('refuses tenants that would share /tmp', async (t) => {
  const users = await open(t, { refusedTmp: true });
  t.same(users.attributes(), { 'exec.tenants': 'refused', 'exec.tenants_refused_for': 'shared_tmp' });
  t.throws(() => users.mayStart(), /share \/tmp and \/dev\/shm.*MUSTER_TENANTS_SHARE_TMP/);
  t.equal(
    (await open(t, { separation: 'shared', mayShare: true, refusedTmp: true })).refusal,
    undefined,
    'tenants that share the agent’s user may share its directories',
  );
});

void t.test('rejects an invalid list of users instead of starting with an empty one', async (t) => {
  const directory = ownFolder(t);
  await writeFile(path.join(directory, 'tenant-users.json'), '{"users":[');
  await t.rejects(open(t, { directory }));
});

void t.test('detects whether the node can switch users', async (t) => {
  const { separation } = await TenantUsers.open({ directory: ownFolder(t), range });
  t.equal(separation === 'shared', process.geteuid?.() !== 0);
});
