import t from 'tap';
import {
  expectationOf,
  expectedVersion,
  requiredExpectation,
  type ExpectationFields,
} from '#src/engine/event-store/server/expectation.js';

const fields = (named?: 'no_stream' | 'any' | 'stream_exists'): ExpectationFields => ({
  hasNoStream: () => named === 'no_stream',
  hasAny: () => named === 'any',
  hasStreamExists: () => named === 'stream_exists',
});

void t.test(
  'what is expected of a stream is a revision or one of three forms, each with its number',
  async (t) => {
    for (const [form, number] of [
      ['any', '-2'],
      ['no_stream', '-1'],
      ['stream_exists', '-4'],
    ] as const) {
      const expectation = expectationOf(fields(form), undefined);
      t.strictSame(expectation, { form, revision: undefined });
      t.equal(expectedVersion(requiredExpectation(fields(form), undefined)), number);
    }
    for (const revision of ['0', '7']) {
      t.strictSame(expectationOf(fields(), revision), { form: Number(revision), revision });
      t.equal(expectedVersion(requiredExpectation(fields(), revision)), revision);
    }
  },
);

void t.test('2^64 - 1 as a revision means no stream, as .NET sends StreamRevision.None', async (t) => {
  const revision = '18446744073709551615';
  t.strictSame(expectationOf(fields(), revision), { form: 'no_stream', revision });
  t.equal(expectedVersion(requiredExpectation(fields(), revision)), '-1');
});

void t.test(
  'a revision beyond all that a stream can have is kept as it was sent, and never met',
  async (t) => {
    const revision = '9223372036854775807';
    t.strictSame(expectationOf(fields(), revision), { form: Number.MAX_SAFE_INTEGER - 1, revision });
  },
);

void t.test('who names none expects nothing, where that is allowed', async (t) => {
  t.equal(expectationOf(fields(), undefined), undefined);
  t.throws(() => requiredExpectation(fields(), undefined), {
    name: 'WireStatus',
    message: /'None' is not a valid/,
  });
});
