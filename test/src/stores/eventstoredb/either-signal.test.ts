import t from 'tap';
import { eitherSignal } from '#src/stores/eventstoredb/either-signal.js';

void t.test('aborts when the first of two signals aborts, until it is released', async (t) => {
  for (const which of [0, 1] as const) {
    const [own, other] = [new AbortController(), new AbortController()];
    const { signal, release } = eitherSignal(own.signal, other.signal);
    t.notOk(signal.aborted);
    (which === 0 ? own : other).abort();
    t.ok(signal.aborted);
    t.ok(
      eitherSignal(own.signal, other.signal).signal.aborted,
      'a signal that was aborted before ends the call too',
    );
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
