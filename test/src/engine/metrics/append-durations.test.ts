import t from 'tap';
import { MusterError } from '#domain/kernel/errors/index.js';
import { AppendDurations, APPEND_OUTCOMES, outcomeOf } from '#src/engine/metrics/index.js';

void t.test('derives the outcome of an append from its error', async (t) => {
  const told = [
    new MusterError('MUSTER_E_WRONG_REVISION', { stream: 's', actual: 1, expected: 2 }),
    new MusterError('MUSTER_E_STORE_BUSY', { queued: 1 }),
    new MusterError('MUSTER_E_STORE_FULL', { problem: 'x' }),
    new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: 'x' }),
    new MusterError('MUSTER_E_APPEND_TOO_LARGE', { events: 1, bytes: 1 }),
    new Error('anything'),
    undefined,
  ].map(outcomeOf);
  t.strictSame(told, ['conflict', 'busy', 'full', 'unavailable', 'refused', 'refused', 'refused']);
  t.ok(told.every((outcome) => APPEND_OUTCOMES.includes(outcome)));
});

void t.test('counts durations by outcome, and omits outcomes that did not occur', async (t) => {
  const durations = new AppendDurations();
  t.strictSame(durations.snapshots(), {});
  durations.observe('appended', 0.5);
  durations.observe('appended', 0.25);
  durations.observe('busy', 2);
  const { appended, busy, ...others } = durations.snapshots();
  t.strictSame(others, {});
  t.strictSame([appended?.sum, busy?.sum], [0.75, 2]);
});
