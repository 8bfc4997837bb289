import t from 'tap';
import { sessions, type SessionEvent } from '#domain/session/index.js';
import { specify } from '../event/decider-specification.js';

const { given } = specify(sessions);
const session = { sessionId: 's', userId: 'u1', credentials: 0, expiresAt: 5 };
const renew = (now: number) => ({ kind: 'renew', sessionId: 's', now }) as const;
const open = { kind: 'open', ...session } as const;
const revoke = { kind: 'revoke', sessionId: 's' } as const;
const opened: SessionEvent = { type: 'SessionOpened', data: session };
const revoked: SessionEvent = { type: 'SessionRevoked', data: { sessionId: 's', userId: 'u1' } };

void t.test('A session is opened once and revoked once', async (t) => {
  given().when(open).then(t, opened);
  given(opened).when(open).then(t);
  given(opened).when(revoke).then(t, revoked);
  given(opened, revoked).when(revoke).then(t);
  given().when(revoke).then(t);
  const all = given().when(revoke, open, open, revoke, revoke, open);
  all.thenTypes(t, 'SessionOpened', 'SessionRevoked');
  t.same(all.outcome.state, { kind: 'revoked', userId: 'u1', credentials: 0, expiresAt: 5 });
});

void t.test('A revoked session is not opened again', async (t) => {
  given(opened, revoked).when(open).then(t);
});

void t.test('A session in use is renewed for fifteen minutes, at most once a minute', async (t) => {
  const [minute, lifetime] = [60_000, 900_000];
  const fresh: SessionEvent = { type: 'SessionOpened', data: { ...session, expiresAt: lifetime } };
  const renewed = (now: number): SessionEvent => ({ type: 'SessionRenewed', data: { sessionId: 's', userId: 'u1', expiresAt: now + lifetime } });
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

void t.test('A session that is over is not renewed: expired, revoked, unknown, or one of a token that lives for longer', async (t) => {
  const expired: SessionEvent = { type: 'SessionOpened', data: { ...session, expiresAt: 900_000 } };
  given(expired).when(renew(900_000)).then(t);
  given(expired).when(renew(2_000_000)).then(t);
  given(expired, revoked).when(renew(100_000)).then(t);
  given().when(renew(100_000)).then(t);
  given({ type: 'SessionOpened', data: { ...session, expiresAt: 86_400_000 } })
    .when(renew(100_000))
    .then(t);
});

void t.test('Sessions outlive a clear', async (t) => {
  t.strictSame([sessions.stream('x'), sessions.outlivesClear], ['session-x', true]);
});
