import t from 'tap';
import { MusterError } from '#domain/errors/index.js';
import { CallSlots } from '#src/engine/event-store/esdb/call-slots.js';
import { eitherSignal } from '#src/engine/event-store/esdb/either-signal.js';

void t.test('so many slots are taken at once, and who waited longest has the next', async (t) => {
  const slots = new CallSlots(2, 2);
  const got: string[] = [];
  const take = (name: string): Promise<void> => slots.take().then(() => void got.push(name));
  await Promise.all([take('a'), take('b')]);
  const waiting = [take('c'), take('d')];
  await t.rejects(take('e'), { code: 'MUSTER_E_STORE_BUSY', fields: { queued: 2 } });
  t.strictSame(got, ['a', 'b']);
  slots.release();
  await waiting[0];
  t.strictSame(got, ['a', 'b', 'c']);
  slots.release();
  await waiting[1];
  slots.release();
  slots.release();
  await Promise.all([take('f'), take('g')]);
  t.strictSame(got, ['a', 'b', 'c', 'd', 'f', 'g'], 'what was given back can be taken again');
});

void t.test('who waits can be refused, and holds nothing then', async (t) => {
  const slots = new CallSlots(1, 5);
  await slots.take();
  const refused = [slots.take(), slots.take()];
  slots.refuseWaiting(new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: 'away' }));
  for (const each of refused) await t.rejects(each, { code: 'MUSTER_E_STORE_UNAVAILABLE' });
  slots.release();
  await slots.take();
});

void t.test('the first of two signals ends a call, until it is released', async (t) => {
  for (const which of [0, 1] as const) {
    const [own, other] = [new AbortController(), new AbortController()];
    const { signal, release } = eitherSignal(own.signal, other.signal);
    t.notOk(signal.aborted);
    (which === 0 ? own : other).abort();
    t.ok(signal.aborted);
    t.ok(eitherSignal(own.signal, other.signal).signal.aborted, 'also where it was over before');
    release();
  }
  const [own, other] = [new AbortController(), new AbortController()];
  const { signal, release } = eitherSignal(own.signal, other.signal);
  release();
  own.abort();
  other.abort();
  t.notOk(signal.aborted);
  t.notOk(eitherSignal(new AbortController().signal, undefined).signal.aborted);
});
