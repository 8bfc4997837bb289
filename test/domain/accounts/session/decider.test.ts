import t from 'tap';
import { sessions, type SessionEvent } from '#domain/accounts/session/index.js';
import { specify } from '../../kernel/event/decider-specification.js';

const { given } = specify(sessions);
const session = { sessionId: 's', userId: 'u1', credentials: 0, expiresAt: 5 };
const renew = (now: number) => ({ kind: 'renew', sessionId: 's', now }) as const;
const open = { kind: 'open', ...session } as const;
const revoke = { kind: 'revoke', sessionId: 's' } as const;
const opened: SessionEvent = { type: 'SessionOpened', data: session };
const revoked: SessionEvent = { type: 'SessionRevoked', data: { sessionId: 's', userId: 'u1' } };

void t.test('a session is opened once and revoked once', async (t) => {
  given().when(open).then(t, opened);
  given(opened).when(open).then(t);
  given(opened).when(revoke).then(t, revoked);
  given(opened, revoked).when(revoke).then(t);
  given().when(revoke).then(t);
  const all = given().when(revoke, open, open, revoke, revoke, open);
  all.thenTypes(t, 'SessionOpened', 'SessionRevoked');
  t.same(all.outcome.state, { kind: 'revoked', userId: 'u1', credentials: 0, expiresAt: 5 });
});

void t.test('a revoked session is not opened again', async (t) => {
  given(opened, revoked).when(open).then(t);
});

void t.test('a session in use is renewed for fifteen minutes, at most once a minute', async (t) => {
  const [minute, lifetime] = [60_000, 900_000];
  const fresh: SessionEvent = { type: 'SessionOpened', data: { ...session, expiresAt: lifetime } };
  const renewed = (now: number): SessionEvent => ({
    type: 'SessionRenewed',
    data: { sessionId: 's', userId: 'u1', expiresAt: now + lifetime },
  });
  given(fresh).when(renew(0)).then(t);
  given(fresh).when(renew(minute)).then(t);
  given(fresh)
    .when(renew(minute + 1))
    .then(t, renewed(minute + 1));
  given(fresh, renewed(minute + 1))
    .when(renew(2 * minute + 1))
    .then(t);
  given(fresh, renewed(minute + 1))
    .when(renew(2 * minute + 2))
    .then(t, renewed(2 * minute + 2));
  given(fresh)
    .when(renew(lifetime - 1))
    .then(t, renewed(lifetime - 1));
});

void t.test(
  'a session is not renewed if it is expired, revoked or unknown, or if it already expires later',
  async (t) => {
    const expired: SessionEvent = { type: 'SessionOpened', data: { ...session, expiresAt: 900_000 } };
    given(expired).when(renew(900_000)).then(t);
    given(expired).when(renew(2_000_000)).then(t);
    given(expired, revoked).when(renew(100_000)).then(t);
    given().when(renew(100_000)).then(t);
    given({ type: 'SessionOpened', data: { ...session, expiresAt: 86_400_000 } })
      .when(renew(100_000))
      .then(t);
  },
);

void t.test('sessions remain when the cluster is cleared', async (t) => {
  t.strictSame([sessions.stream('x'), sessions.outlivesClear], ['session-x', true]);
});

const DAY = 24 * 3600_000;
const family: SessionEvent = {
  type: 'SessionOpened',
  data: { ...session, expiresAt: 30 * DAY, refreshId: 'r1' },
};
const refresh = (refreshId: string, next: string, now = DAY) =>
  ({ kind: 'refresh', sessionId: 's', refreshId, next, now }) as const;
const refreshed = (refreshId: string, now = DAY): SessionEvent => ({
  type: 'SessionRefreshed',
  data: { sessionId: 's', userId: 'u1', refreshId, expiresAt: now + 30 * DAY },
});

void t.test(
  'a refresh token is exchanged once for the next one, which is valid for thirty days',
  async (t) => {
    given(family).when(refresh('r1', 'r2')).then(t, refreshed('r2'));
    given(family, refreshed('r2'))
      .when(refresh('r2', 'r3', 2 * DAY))
      .then(t, refreshed('r3', 2 * DAY));
    given()
      .when({ kind: 'open', ...session, refreshId: 'r1' })
      .thenTypes(t, 'SessionOpened');
  },
);

void t.test(
  'reuse of a refresh token ends the session and invalidates all of its refresh tokens',
  async (t) => {
    given(family, refreshed('r2')).when(refresh('r1', 'r3')).then(t, revoked);
    given(family, refreshed('r2'), revoked).when(refresh('r2', 'r3')).then(t);
  },
);

void t.test('a session is not refreshed if it has ended, is unknown or has no refresh tokens', async (t) => {
  given(family)
    .when(refresh('r1', 'r2', 30 * DAY))
    .then(t);
  given(family, revoked).when(refresh('r1', 'r2')).then(t);
  given().when(refresh('r1', 'r2')).then(t);
  given({ type: 'SessionOpened', data: { ...session, expiresAt: 30 * DAY } })
    .when(refresh('r1', 'r2'))
    .then(t);
});

void t.test('renewal does not shorten a session that has refresh tokens', async (t) => {
  given(family).when(renew(DAY)).then(t);
});
