import t from 'tap';
import { sessions, type SessionEvent } from '#domain/session/index.js';
import { specify } from '../event/decider-specification.js';

const { given } = specify(sessions);
const session = { sessionId: 's', userId: 'u1', credentials: 0, expiresAt: 5 };
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

void t.test('Sessions outlive a clear', async (t) => {
  t.strictSame([sessions.stream('x'), sessions.outlivesClear], ['session-x', true]);
});
