import t from 'tap';
import {
  reservations,
  type NameSpace,
  type ReservationCommand,
  type ReservationEvent,
} from '#domain/accounts/reservation/index.js';
import type { UserRegistration } from '#domain/accounts/user/index.js';
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

const { given } = specify(reservations.username);
const emails = specify(reservations.email);

const reserve = (ownerId: string, space: NameSpace = 'username'): ReservationCommand => ({
  kind: 'reserve',
  space,
  reservation: 'r1',
  ownerId,
  registration,
});
const reserved = (ownerId: string, space: NameSpace = 'username'): ReservationEvent => ({
  type: 'NameReserved',
  data: { space, reservation: 'r1', ownerId, registration },
});
const of = (ownerId: string) => ({ reservation: 'r1', ownerId });
const released: ReservationEvent = { type: 'NameReleased', data: of('u1') };
const confirmed: ReservationEvent = { type: 'NameConfirmed', data: of('u1') };

void t.test('a name belongs to the account that reserved it first', async (t) => {
  given().when(reserve('u1')).then(t, reserved('u1'));
  given(reserved('u1')).when(reserve('u2')).refused(t, 'MUSTER_E_USERNAME_TAKEN');
  emails.given(reserved('u1', 'email')).when(reserve('u2', 'email')).refused(t, 'MUSTER_E_EMAIL_TAKEN');
  given(reserved('u1')).when(reserve('u1')).then(t); // repeated by the same owner
});

void t.test('an email address can be reserved without a registration', async (t) => {
  emails
    .given()
    .when({ kind: 'reserve', space: 'email', reservation: 'r1', ownerId: 'u1' })
    .then(t, { type: 'NameReserved', data: { space: 'email', ...of('u1') } });
});

void t.test('only the owner can release a name, and another account can then reserve it', async (t) => {
  given(reserved('u1'))
    .when({ kind: 'release', ...of('u1') })
    .then(t, released);
  given(reserved('u1'))
    .when({ kind: 'release', ...of('u2') })
    .then(t);
  given()
    .when({ kind: 'release', ...of('u1') })
    .then(t);
  given(reserved('u1'), released).when(reserve('u2')).then(t, reserved('u2'));
  t.same(given(reserved('u1'), released, reserved('u2')).state, {
    kind: 'held',
    ownerId: 'u2',
    confirmed: false,
    registration,
  });
});

void t.test('only the owner confirms a name, once, which removes the stored registration', async (t) => {
  given(reserved('u1'))
    .when({ kind: 'confirm', ...of('u1') })
    .then(t, confirmed);
  given(reserved('u1'), confirmed)
    .when({ kind: 'confirm', ...of('u1') })
    .then(t);
  given(reserved('u1'))
    .when({ kind: 'confirm', ...of('u2') })
    .then(t);
  t.match(given(reserved('u1'), confirmed).state, { confirmed: true, registration: undefined });
});

void t.test('each reserved name has a stream, which remains when the cluster is cleared', async (t) => {
  for (const space of ['username', 'email'] as const)
    t.strictSame([reservations[space].stream('x'), reservations[space].outlivesClear], [`${space}-x`, true]);
});
