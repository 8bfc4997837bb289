import type { WireExpectation } from '#src/engine/event-store/index.js';
import { invalidArgument } from './status.js';

export interface Expectation {
  readonly form: WireExpectation;
  /** The revision as sent: a uint64 in decimal. Undefined for the other forms. */
  readonly revision: string | undefined;
}

/** Fields that these requests have in common. Exactly one is set. */
export interface ExpectationFields {
  hasNoStream(): boolean;
  hasAny(): boolean;
  hasStreamExists(): boolean;
}

/** A revision that no stream reaches. */
const NEVER = Number.MAX_SAFE_INTEGER - 1;
/** 2^64 − 1, which EventStoreDB clients send for "no stream" as a revision: .NET's `StreamRevision.None`. */
const NO_REVISION = '18446744073709551615';

/** Returns undefined if the request has none of the four forms. */
export function expectationOf(
  fields: ExpectationFields,
  revision: string | undefined,
): Expectation | undefined {
  if (revision !== undefined)
    return { form: revision === NO_REVISION ? 'no_stream' : Math.min(Number(revision), NEVER), revision };
  if (fields.hasNoStream()) return { form: 'no_stream', revision };
  if (fields.hasAny()) return { form: 'any', revision };
  if (fields.hasStreamExists()) return { form: 'stream_exists', revision };
  return undefined;
}

export function requiredExpectation(fields: ExpectationFields, revision: string | undefined): Expectation {
  const expectation = expectationOf(fields, revision);
  if (expectation === undefined)
    throw invalidArgument("'None' is not a valid EventStore.Client.Streams.ExpectedStreamRevisionOneofCase");
  return expectation;
}

/** Returns EventStoreDB's number for an expectation. */
export function expectedVersion({ form, revision }: Expectation): string {
  if (form === 'no_stream') return '-1';
  return revision ?? (form === 'any' ? '-2' : '-4');
}
