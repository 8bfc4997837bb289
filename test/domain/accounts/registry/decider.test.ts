import t from 'tap';
import {
  MAX_REGISTRIES,
  registries,
  registryCredential,
  type RegistryCommand,
  type RegistryEvent,
} from '#domain/accounts/registry/index.js';
import { specify } from '../../kernel/event/decider-specification.js';

const { given, fold } = specify(registries);
const sealed = (text: string): string => `sealed:1:tenant.t:${text.padEnd(38, 'x')}`;
const of = { tenantId: 't1', host: 'ghcr.io' };
const set = (value: string, by = 'ann', any = false, host = of.host): RegistryCommand => ({
  ...of,
  host,
  kind: 'set',
  sealed: sealed(value),
  by,
  any,
});
const remove = (by = 'ann', any = false): RegistryCommand => ({ ...of, kind: 'remove', by, any });
const wasSet = (value: string, setBy = 'ann', host = of.host): RegistryEvent => ({
  type: 'RegistryCredentialSet',
  data: { ...of, host, sealed: sealed(value), setBy },
});
const removed: RegistryEvent = { type: 'RegistryCredentialRemoved', data: of };

void t.test('a credential is set, replaced and removed, and an unchanged one records no event', async (t) => {
  given().when(set('a')).then(t, wasSet('a'));
  given(wasSet('a')).when(set('b')).then(t, wasSet('b'));
  given(wasSet('a')).when(set('a')).then(t);
  given(wasSet('a')).when(remove()).then(t, removed);
  given().when(remove()).refused(t, 'MUSTER_E_REGISTRY_NOT_FOUND', 'there is no credential for ghcr.io');
  given(wasSet('a'), removed).when(remove()).refused(t, 'MUSTER_E_REGISTRY_NOT_FOUND');
  given(wasSet('a'), removed).when(set('a', 'ben')).then(t, wasSet('a', 'ben'));
});

void t.test('a credential is changed and removed only by its creator or an administrator', async (t) => {
  given(wasSet('a')).when(set('b', 'ben')).refused(t, 'MUSTER_E_FORBIDDEN');
  given(wasSet('a')).when(remove('ben')).refused(t, 'MUSTER_E_FORBIDDEN');
  given(wasSet('a'))
    .when(set('b', 'root', true))
    .then(t, wasSet('b', 'root'));
  given(wasSet('a'), wasSet('b', 'root')).when(set('c')).then(t, wasSet('c'));
  given(wasSet('a')).when(remove('root', true)).then(t, removed);
  const before = fold([wasSet('a')], 5);
  t.match(fold([wasSet('b', 'root')], 9, before).get(of.host), {
    createdBy: 'ann',
    createdAt: 5,
    setBy: 'root',
    setAt: 9,
  });
});

void t.test('the number of registry credentials of a tenant is limited', async (t) => {
  const full = Array.from({ length: MAX_REGISTRIES }, (_, index) => wasSet('a', 'ann', `r${index}.example`));
  given(...full)
    .when(set('a'))
    .refused(t, 'MUSTER_E_INVALID');
  given(...full)
    .when(set('b', 'ann', false, 'r0.example'))
    .then(t, wasSet('b', 'ann', 'r0.example'));
});

void t.test(
  'a user name with a colon, an empty password and a password over 32 KiB are refused as credentials',
  async (t) => {
    const good = { username: 'robot$ci', password: '{"type":\n"service_account"}' };
    t.ok(registryCredential.safeParse(good).success);
    for (const wrong of [
      { username: 'a:b' },
      { username: '' },
      { username: 'a\u0000' },
      { password: '' },
      { password: 'x'.repeat(32_769) },
      { password: '\u0000' },
    ])
      t.notOk(registryCredential.safeParse({ ...good, ...wrong }).success);
  },
);
