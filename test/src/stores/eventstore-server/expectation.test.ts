import t from 'tap';
import {
  expectationOf,
  expectedVersion,
  requiredExpectation,
  type ExpectationFields,
} from '#src/stores/eventstore-server/expectation.js';

const fields = (named?: 'no_stream' | 'any' | 'stream_exists'): ExpectationFields => ({
  hasNoStream: () => named === 'no_stream',
  hasAny: () => named === 'any',
  hasStreamExists: () => named === 'stream_exists',
});

void t.test('converts revisions and the three other expectations to version numbers', async (t) => {
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
});

void t.test('reads 2^64 - 1 as "no stream", as .NET sends it', async (t) => {
  const revision = '18446744073709551615';
  t.strictSame(expectationOf(fields(), revision), { form: 'no_stream', revision });
  t.equal(expectedVersion(requiredExpectation(fields(), revision)), '-1');
});

void t.test('accepts a revision above the largest possible one, which never matches', async (t) => {
  const revision = '9223372036854775807';
  t.strictSame(expectationOf(fields(), revision), { form: Number.MAX_SAFE_INTEGER - 1, revision });
});

void t.test('returns undefined for a missing expectation, or refuses it where one is required', async (t) => {
  t.equal(expectationOf(fields(), undefined), undefined);
  t.throws(() => requiredExpectation(fields(), undefined), {
    name: 'WireStatus',
    message: /'None' is not a valid/,
  });
});
