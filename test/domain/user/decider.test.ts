import t from 'tap';
import type { Decider, Recorded } from '#domain/event/index.js';
import type { MusterEvent } from '#domain/event-types/index.js';
import { reservationDecider } from '#domain/reservation/index.js';
import { sessionDecider } from '#domain/session/index.js';
import { MAX_API_KEYS, ROLES, userDecider, username, usernameKey, type UserRegistration } from '#domain/user/index.js';

const sealed = `sealed:1:user.u1:${'A'.repeat(40)}`;
const registration: UserRegistration = { userId: 'u1', usernameReservation: 'r1', username: sealed, password: sealed, role: 'user', tenantId: 't1' };

function after<Command, Event extends MusterEvent, State>(decider: Decider<Command, Event, State>, commands: readonly Command[]): { state: State; types: string[] } {
  let state = decider.initialState;
  const types: string[] = [];
  for (const command of commands) {
    for (const event of decider.decide(command, state)) {
      const recorded = { ...event, id: '', stream: '', revision: types.length, position: 0n, metadata: { $correlationId: '', $causationId: '', at: 1000 + types.length, v: 1 } } as Recorded<Event>;
      state = decider.evolve(state, recorded);
      types.push(event.type);
    }
  }
  return { state, types };
}

void t.test('Names that differ in case, width or composition only are one name', async (t) => {
  for (const [a, b] of [['Ann', 'aNN'], ['straße', 'STRASSE'], ['ＡＢ', 'ab'], ['e\u0301a', 'éA'], ['ΣΑΣ', 'σας'], ['用户', '用户']] as const) t.equal(usernameKey(a), usernameKey(b), `${a} ${b}`);
  t.not(usernameKey('ann'), usernameKey('anna'));
  for (const good of ['a', 'newuser', 'ann.b_c-d@x+y', '用户', 'é'.normalize('NFD'), 'x'.repeat(64)]) t.ok(username.safeParse(good).success, good);
  for (const bad of ['', ' a', 'a b', '.a', 'x'.repeat(65), 'a\u0000', '<a>', 'a\u202eb', '__proto__', '😀', 'a/b']) t.notOk(username.safeParse(bad).success, JSON.stringify(bad));
});

void t.test('A name is had by whoever reserved it first, until it is released', async (t) => {
  const reserve = (ownerId: string) => ({ kind: 'reserve', space: 'username', reservation: 'r1', ownerId, registration }) as const;
  t.throws(() => after(reservationDecider, [reserve('u1'), reserve('u2')]), { code: 'MUSTER_E_USERNAME_TAKEN' });
  t.throws(() => after(reservationDecider, [{ ...reserve('u1'), space: 'email' }, { ...reserve('u2'), space: 'email' }]), { code: 'MUSTER_E_EMAIL_TAKEN' });
  t.same(after(reservationDecider, [reserve('u1'), reserve('u1')]).types, ['NameReserved'], 'the same owner again is no news');
  const release = { kind: 'release', reservation: 'r1', ownerId: 'u1' } as const;
  t.same(after(reservationDecider, [reserve('u1'), { ...release, ownerId: 'u2' }]).types, ['NameReserved'], 'a stranger releases nothing');
  t.same(after(reservationDecider, [reserve('u1'), release, reserve('u2')]).state, { kind: 'held', ownerId: 'u2', confirmed: false, registration });
  t.match(after(reservationDecider, [reserve('u1'), { ...release, kind: 'confirm' }]).state, { confirmed: true, registration: undefined });
});

void t.test('An account is registered once, and its credentials count up with all that ends sessions', async (t) => {
  const register = { kind: 'register', registration, number: 7 } as const;
  const on = { userId: 'u1' };
  const { state, types } = after(userDecider, [
    register,
    { ...register, number: 8 },
    { kind: 'changeRole', ...on, role: 'admin' },
    { kind: 'changeRole', ...on, role: 'admin' },
    { kind: 'setPassword', ...on, password: `${sealed}B` },
    { kind: 'deactivate', ...on },
    { kind: 'deactivate', ...on },
    { kind: 'reactivate', ...on },
  ]);
  t.same(types, ['UserRegistered', 'UserRoleChanged', 'UserPasswordSet', 'UserDeactivated', 'UserReactivated']);
  t.match(state, { kind: 'present', number: 7, role: 'admin', active: true, password: `${sealed}B`, credentials: 3, createdAt: 1000 });
});

void t.test('An erased account takes no command but to be erased again, and an absent one none', async (t) => {
  const on = { userId: 'u1' };
  const commands = [
    { kind: 'changeRole', ...on, role: 'admin' },
    { kind: 'setPassword', ...on, password: sealed },
    { kind: 'reactivate', ...on },
    { kind: 'revokeApiKey', ...on, keyId: 'k' },
  ] as const;
  for (const command of commands) {
    t.throws(() => after(userDecider, [command]), { code: 'MUSTER_E_USER_NOT_FOUND' });
    t.throws(() => after(userDecider, [{ kind: 'register', registration, number: 1 }, { kind: 'erase', ...on }, command]), { code: 'MUSTER_E_USER_NOT_FOUND' });
  }
  t.match(after(userDecider, [{ kind: 'register', registration, number: 1 }, { kind: 'erase', ...on }, { kind: 'erase', ...on }]), { types: { length: 2 }, state: { active: false, erased: true } });
});

void t.test('API keys are bounded, and go one by one', async (t) => {
  const issue = (keyId: string) => ({ kind: 'issueApiKey', userId: 'u1', keyId, name: sealed, hash: sealed, scopes: ['cluster'] }) as const;
  const register = { kind: 'register', registration, number: 1 } as const;
  const full = Array.from({ length: MAX_API_KEYS }, (_, index) => issue(`k${index}`));
  t.throws(() => after(userDecider, [register, ...full, issue('more')]), { code: 'MUSTER_E_INVALID' });
  const { state } = after(userDecider, [register, ...full, { kind: 'revokeApiKey', userId: 'u1', keyId: 'k3' }, issue('more')]);
  t.ok(state.kind === 'present' && state.apiKeys.size === MAX_API_KEYS && !state.apiKeys.has('k3'));
  t.throws(() => after(userDecider, [register, { kind: 'revokeApiKey', userId: 'u1', keyId: 'k' }]), { code: 'MUSTER_E_API_KEY_NOT_FOUND' });
});

void t.test('A session is opened once and revoked once', async (t) => {
  const open = { kind: 'open', sessionId: 's', userId: 'u1', credentials: 0, expiresAt: 5 } as const;
  const revoke = { kind: 'revoke', sessionId: 's' } as const;
  t.same(after(sessionDecider, [revoke, open, open, revoke, revoke, open]), { types: ['SessionOpened', 'SessionRevoked'], state: { kind: 'revoked', userId: 'u1', credentials: 0, expiresAt: 5 } });
  t.same(ROLES, ['user', 'tenant_admin', 'admin']);
});
