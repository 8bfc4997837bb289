import t from 'tap';
import { MAX_API_KEYS, users, type UserEvent, type UserRegistration } from '#domain/accounts/user/index.js';
import { specify } from '../../kernel/event/decider-specification.js';

const sealed = `sealed:1:user.u1:${'A'.repeat(40)}`;
const registration: UserRegistration = {
  userId: 'u1',
  usernameReservation: 'r1',
  username: sealed,
  password: sealed,
  role: 'user',
  tenantId: 't1',
};
const registered: UserEvent = { type: 'UserRegistered', data: { ...registration, number: 1 } };

const { given } = specify(users);

void t.test(
  'an account is registered once, and each change that ends sessions increments its credentials counter',
  async (t) => {
    const register = { kind: 'register', registration, number: 7 } as const;
    const on = { userId: 'u1', otherAdministrators: true };
    const happened = given().when(
      register,
      { ...register, number: 8 },
      { kind: 'changeRole', ...on, role: 'admin' },
      { kind: 'changeRole', ...on, role: 'admin' },
      { kind: 'setPassword', ...on, password: `${sealed}B` },
      { kind: 'deactivate', ...on },
      { kind: 'deactivate', ...on },
      { kind: 'reactivate', ...on },
    );
    happened.thenTypes(
      t,
      'UserRegistered',
      'UserRoleChanged',
      'UserPasswordSet',
      'UserDeactivated',
      'UserReactivated',
    );
    t.match(happened.outcome.state, {
      kind: 'present',
      number: 7,
      role: 'admin',
      active: true,
      password: `${sealed}B`,
      credentials: 3,
      createdAt: 1000,
    });
  },
);

void t.test(
  'the right to run processes is granted and revoked once, and can be part of the registration',
  async (t) => {
    const say = (execute: boolean) => ({ kind: 'setExecution', userId: 'u1', execute }) as const;
    const granted = given(registered).when(say(false), say(true), say(true), say(false));
    granted.thenTypes(t, 'ExecutionGranted', 'ExecutionRevoked');
    t.match(granted.outcome.state, { execute: false });
    const made = given().when({
      kind: 'register',
      registration: { ...registration, execute: true },
      number: 1,
    });
    t.match(made.outcome.state, { execute: true });
    t.match(given(registered).when(say(true)).outcome.state, { execute: true });
  },
);

void t.test(
  'an erased account can only be erased again, and commands for an unknown account are refused',
  async (t) => {
    const on = { userId: 'u1', otherAdministrators: true };
    const commands = [
      { kind: 'changeRole', ...on, role: 'admin' },
      { kind: 'setExecution', ...on, execute: true },
      { kind: 'setPassword', ...on, password: sealed },
      { kind: 'reactivate', ...on },
      { kind: 'revokeApiKey', ...on, keyId: 'k' },
    ] as const;
    for (const command of commands) {
      given().when(command).refused(t, 'MUSTER_E_USER_NOT_FOUND');
      given(registered)
        .when({ kind: 'erase', ...on }, command)
        .refused(t, 'MUSTER_E_USER_NOT_FOUND');
    }
    const erased = given(registered).when({ kind: 'erase', ...on }, { kind: 'erase', ...on });
    erased.then(t, { type: 'UserErased', data: { userId: 'u1' } });
    t.match(erased.outcome.state, { active: false, erased: true });
  },
);

void t.test('the last active administrator keeps the role, stays active and is not erased', async (t) => {
  const administrator: UserEvent = {
    type: 'UserRegistered',
    data: { ...registration, role: 'admin', number: 1 },
  };
  const last = { userId: 'u1', otherAdministrators: false };
  const commands = [
    { kind: 'changeRole', ...last, role: 'user' },
    { kind: 'changeRole', ...last, role: 'auditor' },
    { kind: 'deactivate', ...last },
    { kind: 'erase', ...last },
  ] as const;
  for (const command of commands) {
    given(administrator).when(command).refused(t, 'MUSTER_E_LAST_ADMINISTRATOR');
    given(administrator)
      .when({ ...command, otherAdministrators: true })
      .thenTypes(
        t,
        ({ changeRole: 'UserRoleChanged', deactivate: 'UserDeactivated', erase: 'UserErased' } as const)[
          command.kind
        ],
      );
  }
  const deactivated: UserEvent = { type: 'UserDeactivated', data: { userId: 'u1' } };
  given(administrator, deactivated)
    .when({ kind: 'erase', ...last })
    .thenTypes(t, 'UserErased');
  given(administrator)
    .when({ kind: 'changeRole', ...last, role: 'admin' })
    .then(t);
});

void t.test('the number of API keys is limited, and each is revoked separately', async (t) => {
  const issue = (keyId: string) =>
    ({ kind: 'issueApiKey', userId: 'u1', keyId, name: sealed, hash: sealed, scopes: ['cluster'] }) as const;
  const full = Array.from({ length: MAX_API_KEYS }, (_, index) => issue(`k${index}`));
  given(registered)
    .when(...full, issue('more'))
    .refused(t, 'MUSTER_E_INVALID');
  const { state, refusals } = given(registered).when(
    ...full,
    { kind: 'revokeApiKey', userId: 'u1', keyId: 'k3' },
    issue('more'),
  ).outcome;
  t.notOk(refusals.some(Boolean));
  t.ok(state.kind === 'present' && state.apiKeys.size === MAX_API_KEYS && !state.apiKeys.has('k3'));
  given(registered)
    .when({ kind: 'revokeApiKey', userId: 'u1', keyId: 'k' })
    .refused(t, 'MUSTER_E_API_KEY_NOT_FOUND');
});

void t.test('accounts remain when the cluster is cleared', async (t) => {
  t.strictSame([users.stream('x'), users.outlivesClear], ['user-x', true]);
});

void t.test(
  'a profile change affects only its own fields, and the previous email address is kept until it is free',
  async (t) => {
    const change = (profile: object) => ({ kind: 'changeProfile', userId: 'u1', profile }) as const;
    const [first, other] = [`${sealed}C`, `${sealed}D`];
    given(registered).when(change({})).then(t);
    const changed = given(registered).when(
      change({ firstName: first }),
      change({ email: first, emailReservation: 'e1' }),
      change({ email: other, emailReservation: 'e2' }),
      change({ email: first, emailReservation: 'e1' }),
    );
    changed.thenTypes(
      t,
      'UserProfileChanged',
      'UserProfileChanged',
      'UserProfileChanged',
      'UserProfileChanged',
    );
    t.match(changed.outcome.state, {
      firstName: first,
      email: first,
      emailReservation: 'e1',
      formerEmails: ['e2'],
      credentials: 0,
    });
    given()
      .when(change({ firstName: first }))
      .refused(t, 'MUSTER_E_USER_NOT_FOUND');
    given(registered, { type: 'UserErased', data: { userId: 'u1' } })
      .when(change({ firstName: first }))
      .refused(t, 'MUSTER_E_USER_NOT_FOUND');
  },
);

void t.test(
  "an account's update time changes with its visible data, but not with its password",
  async (t) => {
    const on = { userId: 'u1' };
    const updatedAt = (...events: readonly UserEvent[]): unknown => {
      const { state } = given(registered, ...events);
      return state.kind === 'present' ? state.updatedAt - state.createdAt : undefined;
    };
    t.equal(updatedAt(), 0);
    t.equal(updatedAt({ type: 'UserPasswordSet', data: { ...on, password: sealed } }), 0);
    const shown: readonly UserEvent[] = [
      { type: 'UserRoleChanged', data: { ...on, role: 'admin' } },
      { type: 'UserProfileChanged', data: { ...on, firstName: sealed } },
      { type: 'ExecutionGranted', data: on },
      { type: 'ExecutionRevoked', data: on },
      { type: 'UserDeactivated', data: on },
      { type: 'UserReactivated', data: on },
      { type: 'UserErased', data: on },
    ];
    for (const event of shown) t.not(updatedAt(event), 0, event.type);
  },
);
