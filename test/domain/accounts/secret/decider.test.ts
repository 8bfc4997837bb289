import t from 'tap';
import {
  MAX_SECRETS,
  MAX_SECRETS_TEXT,
  secretName,
  secrets,
  secretsOfTenant,
  secretValue,
  type SecretCommand,
  type SecretEvent,
} from '#domain/accounts/secret/index.js';
import { specify } from '../../kernel/event/decider-specification.js';

const { given, fold } = specify(secrets);
const sealed = (text: string): string => `sealed:1:tenant.t:${text.padEnd(38, 'x')}`;
const of = { tenantId: 't1', name: 'pw' };
const set = (value: string, by = 'ann', any = false, name = 'pw'): SecretCommand => ({
  ...of,
  name,
  kind: 'set',
  sealed: sealed(value),
  by,
  any,
});
const remove = (by = 'ann', any = false): SecretCommand => ({ ...of, kind: 'remove', by, any });
const wasSet = (value: string, setBy = 'ann', name = 'pw'): SecretEvent => ({
  type: 'SecretSet',
  data: { ...of, name, sealed: sealed(value), setBy },
});
const removed: SecretEvent = { type: 'SecretRemoved', data: of };

void t.test('a secret is set, replaced and removed, and setting the same value has no effect', async (t) => {
  given().when(set('a')).then(t, wasSet('a'));
  given(wasSet('a')).when(set('b')).then(t, wasSet('b'));
  given(wasSet('a')).when(set('a')).then(t);
  given(wasSet('a')).when(remove()).then(t, removed);
  given().when(remove()).refused(t, 'MUSTER_E_SECRET_NOT_FOUND', 'there is no secret pw');
  given(wasSet('a'), removed).when(remove()).refused(t, 'MUSTER_E_SECRET_NOT_FOUND');
  given(wasSet('a'), removed).when(set('a', 'ben')).then(t, wasSet('a', 'ben'));
});

void t.test('only its creator and administrators can change or remove a secret', async (t) => {
  given(wasSet('a')).when(set('b', 'ben')).refused(t, 'MUSTER_E_FORBIDDEN');
  given(wasSet('a')).when(set('a', 'ben')).refused(t, 'MUSTER_E_FORBIDDEN');
  given(wasSet('a')).when(remove('ben')).refused(t, 'MUSTER_E_FORBIDDEN');
  given(wasSet('a'))
    .when(set('b', 'root', true))
    .then(t, wasSet('b', 'root'));
  given(wasSet('a'), wasSet('b', 'root')).when(set('c')).then(t, wasSet('c'));
  given(wasSet('a')).when(remove('root', true)).then(t, removed);
});

void t.test('a secret records who set it, when it was set, and how often', async (t) => {
  t.match(fold([wasSet('a')], 5).get('pw'), {
    createdBy: 'ann',
    createdAt: 5,
    setBy: 'ann',
    setAt: 5,
    version: 1,
  });
  const before = fold([wasSet('a')], 5);
  t.match(fold([wasSet('b', 'root')], 9, before).get('pw'), {
    sealed: sealed('b'),
    createdBy: 'ann',
    createdAt: 5,
    setBy: 'root',
    setAt: 9,
    version: 2,
  });
  t.match(fold([wasSet('a'), removed, wasSet('b', 'ben')]).get('pw'), { createdBy: 'ben', version: 1 });
});

void t.test("the number and total size of a tenant's secrets are limited", async (t) => {
  const many = Array.from({ length: MAX_SECRETS }, (_, n) => wasSet('a', 'ann', `s${n}`));
  given(...many)
    .when(set('b'))
    .refused(t, 'MUSTER_E_INVALID', `name: a tenant has at most ${MAX_SECRETS} secrets`);
  given(...many)
    .when(set('b', 'ann', false, 's7'))
    .then(t, wasSet('b', 'ann', 's7'));
  const large = 'l'.repeat(300_000);
  const full = Array.from({ length: Math.floor(MAX_SECRETS_TEXT / 300_100) }, (_, n) =>
    wasSet(large, 'ann', `s${n}`),
  );
  given(...full)
    .when(set(large))
    .refused(t, 'MUSTER_E_INVALID');
  given(...full)
    .when(set(`${large}m`, 'ann', false, 's0'))
    .then(t, wasSet(`${large}m`, 'ann', 's0'));
});

void t.test(
  "a secret's name must be valid in a path, and its value in an environment variable",
  async (t) => {
    for (const good of ['a', '_', 'A.b-c_d', '__proto__', 'constructor', '0', 'x'.repeat(64)])
      t.ok(secretName.safeParse(good).success, good);
    for (const bad of [
      '',
      '.',
      '..',
      '.a',
      '-a',
      'a/b',
      'a b',
      'a\n',
      'a\0',
      'ä',
      '\u0430',
      'a%2e',
      'x'.repeat(65),
    ])
      t.notOk(secretName.safeParse(bad).success, JSON.stringify(bad));
    for (const good of ['', ' ', 'a\nb', '\u{1f600}', 'x'.repeat(32_768)])
      t.ok(secretValue.safeParse(good).success);
    for (const bad of ['a\0b', 'x'.repeat(32_769)]) t.notOk(secretValue.safeParse(bad).success);
    const odd = fold([wasSet('a', 'ann', '__proto__')]);
    t.equal(odd.size, 1);
  },
);

void t.test('each tenant has one stream of secrets, which remains when the cluster is cleared', async (t) => {
  t.not(secretsOfTenant('t1'), secretsOfTenant('t2'));
  t.match(secrets.stream(secretsOfTenant('a tenant / of any text')), /^secrets-[0-9a-f-]{36}$/);
  t.equal(secrets.outlivesClear, true);
});
