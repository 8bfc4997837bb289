import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t, { type Test } from 'tap';
import { TenantUsers, type TenantUsersOptions } from '#agents/users/tenant-users.js';
import { ownFolder } from '../../fixtures/folder.js';

const range = { first: 200_000, last: 265_535 };
const open = (t: Test, options: Partial<TenantUsersOptions> = {}) => {
  const directory = options.directory ?? ownFolder(t);
  return TenantUsers.open({
    directory,
    range,
    separation: 'separate',
    isTaken: async () => false,
    ...options,
  });
};
const uidsOf = async (users: TenantUsers, ...tenants: string[]): Promise<(number | undefined)[]> =>
  (await Promise.all(tenants.map((tenant) => users.userOf(tenant)))).map((user) => user?.uid);

void t.test(
  'a tenant has one user of its own, the same for the next agent and on any node where it is free',
  async (t) => {
    const directory = ownFolder(t);
    const users = await open(t, { directory });
    const tenants = ['one', 'two', 'Tenant Three', 'ä', ''];
    const uids = await uidsOf(users, ...tenants, ...tenants);
    t.equal(new Set(uids).size, tenants.length);
    t.ok(uids.every((uid) => uid !== undefined && uid >= range.first && uid <= range.last));
    t.same(await users.userOf('one'), { uid: uids[0], gid: uids[0] }, 'its group is its own too');
    t.same(
      await uidsOf(await open(t, { directory }), ...tenants.toReversed()),
      uids.slice(0, tenants.length).reverse(),
    );
    t.same(await uidsOf(await open(t), ...tenants), uids.slice(0, tenants.length));
    t.equal((await stat(path.join(directory, 'tenant-users.json'))).mode & 0o777, 0o600);
  },
);

void t.test('tenants whose names lead to one number have different ones, until none is left', async (t) => {
  const directory = ownFolder(t);
  const users = await open(t, { directory, range: { first: 300, last: 302 } });
  t.same((await uidsOf(users, 'a', 'b', 'c')).sort(), [300, 301, 302]);
  await t.rejects(
    users.userOf('d'),
    /^all user numbers from 300 to 302 \(MUSTER_TASK_UIDS\) belong to other tenants$/,
  );
  t.ok(await users.userOf('a'));
  t.notMatch(await readFile(path.join(directory, 'tenant-users.json'), 'utf8'), /"d"/);
});

void t.test('a number that is a user of the host is no tenant’s', async (t) => {
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
    'nobody is one',
  );
});

void t.test('another range gives other numbers, and none that was used before', async (t) => {
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

void t.test(
  'where tenants have no users of their own none of their processes runs, unless an operator said that they share the agent’s',
  async (t) => {
    const users = (separation: 'separate' | 'shared' | 'none', mayShare: boolean) =>
      open(t, { separation, mayShare });
    await t.rejects(
      (await users('shared', false)).userOf('a'),
      /the agent is not root.*MUSTER_TENANTS_SHARE_AGENT_USER/,
    );
    t.equal(await (await users('shared', true)).userOf('a'), undefined);
    for (const mayShare of [false, true])
      await t.rejects((await users('none', mayShare)).userOf('a'), /cannot become other users/);
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
  },
);

void t.test('tenants are refused where they would share /tmp', async (t) => {
  const users = await open(t, { refusedTmp: true });
  t.same(users.attributes(), { 'exec.tenants': 'refused', 'exec.tenants_refused_for': 'shared_tmp' });
  t.throws(() => users.mayStart(), /share \/tmp and \/dev\/shm.*MUSTER_TENANTS_SHARE_TMP/);
  t.equal(
    (await open(t, { separation: 'shared', mayShare: true, refusedTmp: true })).refusal,
    undefined,
    'who shares the agent’s user shares its places',
  );
});

void t.test(
  'tenants are refused while a store lets in anybody, and the agent starts none of their processes',
  async (t) => {
    const stores = ['MongoDB at 10.0.0.7:27017'];
    const users = await open(t, { openStores: () => stores });
    t.same(users.attributes(), {
      'exec.tenants': 'refused',
      'exec.tenants_refused_for': 'open_store',
      'exec.open_stores': 'MongoDB at 10.0.0.7:27017',
    });
    t.throws(() => users.mayStart(), /asks for no credentials.*MUSTER_TENANTS_REACH_OPEN_STORES/);
    stores.pop();
    t.same(users.attributes(), { 'exec.tenants': 'accepted' });
    t.doesNotThrow(() => users.mayStart());
    const trusted = await open(t, {
      separation: 'shared',
      mayShare: true,
      openStores: () => ['MongoDB at 10.0.0.7:27017'],
    });
    t.equal(trusted.refusal, undefined, 'who may do all that the agent may reaches what it reaches');
  },
);

void t.test('an unreadable list does not count as empty', async (t) => {
  const directory = ownFolder(t);
  await writeFile(path.join(directory, 'tenant-users.json'), '{"users":[');
  await t.rejects(open(t, { directory }));
});

void t.test("the node's abilities are found by trying", async (t) => {
  const { separation } = await TenantUsers.open({ directory: ownFolder(t), range });
  t.equal(separation === 'shared', process.geteuid?.() !== 0);
});
