import type { WireExpectation } from '../wire-rule.js';
import { invalidArgument } from './status.js';

/** What a request expects of its stream: as the log compares it, and as it was sent. */
export interface Expectation {
  readonly form: WireExpectation;
  /** The revision as it was sent, a uint64 in decimal; undefined for the other forms. */
  readonly revision: string | undefined;
}

/** The part that requests have in common: one of four. */
export interface ExpectationFields {
  hasNoStream(): boolean;
  hasAny(): boolean;
  hasStreamExists(): boolean;
}

/** A revision that no stream reaches. */
const NEVER = Number.MAX_SAFE_INTEGER - 1;
/** 2^64 − 1, by which EventStoreDB's clients say "no stream" as a revision: .NET's `StreamRevision.None`. */
const NO_REVISION = '18446744073709551615';

/** `undefined` where the request names none of the four. */
export function expectationOf(fields: ExpectationFields, revision: string | undefined): Expectation | undefined {
  if (revision !== undefined) return { form: revision === NO_REVISION ? 'no_stream' : Math.min(Number(revision), NEVER), revision };
  if (fields.hasNoStream()) return { form: 'no_stream', revision };
  if (fields.hasAny()) return { form: 'any', revision };
  if (fields.hasStreamExists()) return { form: 'stream_exists', revision };
  return undefined;
}

/** The same, where to name none is refused. */
export function requiredExpectation(fields: ExpectationFields, revision: string | undefined): Expectation {
  const expectation = expectationOf(fields, revision);
  if (expectation === undefined) throw invalidArgument("'None' is not a valid EventStore.Client.Streams.ExpectedStreamRevisionOneofCase");
  return expectation;
}

/** EventStoreDB's numbers for the forms. */
export function expectedVersion({ form, revision }: Expectation): string {
  if (form === 'no_stream') return '-1';
  return revision ?? (form === 'any' ? '-2' : '-4');
}
