import { Metadata, status } from '@grpc/grpc-js';
import t from 'tap';
import { isOwnStream } from '#test/fixtures/muster-events.js';
import { Appends } from '#src/stores/eventstoredb/appends.js';
import type { Connection } from '#src/stores/eventstoredb/connection.js';
import { LogGuard } from '#src/stores/eventstoredb/log-guard.js';
import type { AppendRequest } from '#domain/kernel/ports/event-store.js';
import { readAnswer } from '../../../fixtures/read-answer.js';

/** How a call ends: with a response or an error. */
type End = 'written' | 'error' | 'found' | 'not found' | 'cut' | 'away' | 'refused' | 'follower';

const EVENT = { id: '00000000-0000-4000-8000-000000000001', type: 'Written', data: '{}', metadata: '{}' };
const REQUEST: AppendRequest = { stream: 'someone-1', expected: 6, events: [EVENT] };

/** Appends over a fake connection that ends each call as scripted, because a real network cannot be cut at an exact call. */
function scene(script: readonly End[], settleMs = 1_000) {
  const left = [...script];
  const asked: string[] = [];
  const slept: number[] = [];
  const next = (call: 'append' | 'append alone' | 'read'): End => {
    asked.push(call);
    const end = left.shift();
    if (end === undefined) throw new Error('more calls than the script has');
    switch (end) {
      case 'cut':
        throw Object.assign(new Error(end), { code: status.UNAVAILABLE, details: 'the connection was cut' });
      case 'away':
        throw Object.assign(new Error(end), { code: status.UNAVAILABLE, details: 'connect ECONNREFUSED' });
      case 'refused':
        throw Object.assign(new Error(end), { code: status.PERMISSION_DENIED, details: 'not for you' });
      case 'follower': {
        const metadata = new Metadata();
        metadata.set('exception', 'not-leader');
        throw Object.assign(new Error(end), {
          code: status.NOT_FOUND,
          details: 'another one leads',
          metadata,
        });
      }
      default:
        return end;
    }
  };
  const connection = {
    append: async () => (next('append') === 'error' ? { getSuccess: () => undefined } : success(7, 70)),
    call: async () => {
      next('append alone');
      return success(7, 70);
    },
    page: async () =>
      next('read') === 'found'
        ? [readAnswer({ ...EVENT, stream: 'someone-1', revision: 7, position: 71n, created: 0 })]
        : [],
  };
  let now = 0;
  const clock = {
    now: () => now,
    monotonic: () => now,
    sleep: async (ms: number) => {
      slept.push(ms);
      now += ms;
    },
  };
  const appends = new Appends({
    connection: connection as unknown as Connection,
    clock,
    guard: new LogGuard(isOwnStream),
    settleMs,
    head: async () => 99n,
  });
  return { append: async () => appends.append(REQUEST), asked, slept, left };
}

/** A server's response to an append. */
function success(revision: number, position: number) {
  return {
    getWrongExpectedVersion: () => undefined,
    getSuccess: () => ({
      getCurrentRevision: () => String(revision),
      getPosition: () => ({ getCommitPosition: () => String(position) }),
    }),
  };
}

const ANSWERS: readonly {
  readonly script: readonly End[];
  readonly position: bigint;
  readonly slept: readonly number[];
}[] = [
  { script: ['written'], position: 70n, slept: [] },
  { script: ['error', 'written'], position: 70n, slept: [] },
  { script: ['error', 'cut', 'found'], position: 71n, slept: [] },
  { script: ['cut', 'found'], position: 71n, slept: [] },
  { script: ['cut', 'not found', 'written'], position: 70n, slept: [] },
  { script: ['cut', 'cut', 'found'], position: 71n, slept: [25] },
  { script: ['cut', 'not found', 'cut', 'cut', 'found'], position: 71n, slept: [25, 50] },
  { script: ['follower', 'written'], position: 70n, slept: [25] },
  { script: ['follower', 'follower', 'follower', 'written'], position: 70n, slept: [25, 25, 25] },
  { script: ['follower', 'away', 'written'], position: 70n, slept: [25, 25] },
  { script: ['follower', 'cut', 'found'], position: 71n, slept: [25] },
];
for (const { script, position, slept } of ANSWERS)
  void t.test(`writes the append (${script.join(', ')})`, async (t) => {
    const scripted = scene(script);
    t.strictSame(await scripted.append(), { revision: 7, position });
    t.strictSame([scripted.left, scripted.slept], [[], slept]);
  });

const UNAVAILABLE = 'MUSTER_E_STORE_UNAVAILABLE';
const FAILURES: readonly {
  readonly script: readonly End[];
  readonly problem: string;
  readonly slept: readonly number[];
}[] = [
  { script: ['away'], problem: 'UNAVAILABLE: connect ECONNREFUSED', slept: [] },
  { script: ['refused'], problem: 'PERMISSION_DENIED: not for you', slept: [] },
  // In an outage the caller does not wait for its end. The error says why the outcome of the append is unknown.
  { script: ['cut', 'away'], problem: 'UNAVAILABLE: the connection was cut', slept: [] },
  { script: ['error', 'refused'], problem: 'PERMISSION_DENIED: not for you', slept: [] },
  { script: ['cut', 'refused'], problem: 'PERMISSION_DENIED: not for you', slept: [] },
  {
    script: ['follower', 'follower', 'follower', 'follower'],
    problem: 'NOT_FOUND: another one leads',
    slept: [25, 25, 25],
  },
  { script: ['follower', 'refused'], problem: 'PERMISSION_DENIED: not for you', slept: [25] },
];
for (const { script, problem, slept } of FAILURES)
  void t.test(`fails (${script.join(', ')})`, async (t) => {
    const scripted = scene(script);
    await t.rejects(scripted.append(), { code: UNAVAILABLE, fields: { problem } });
    t.strictSame([scripted.left, scripted.slept], [[], slept]);
  });

void t.test('leaves the outcome of an append unknown if it is not settled in time', async (t) => {
  const { append, asked, slept } = scene(
    Array.from({ length: 20 }, () => 'cut' as const),
    200,
  );
  await t.rejects(append(), { code: UNAVAILABLE });
  t.strictSame(slept, [25, 50, 100], 'the next pause would end later than 200 ms');
  t.strictSame(asked, ['append', 'read', 'read', 'read', 'read']);
});
