import { backOff } from '#domain/kernel/back-off.js';
import { wasRefused } from '#src/engine/event-store/index.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import { catalogOf, type EncodedEvent } from '#domain/kernel/catalog/index.js';
import { SCHEDULER_STREAM, type EventMetadata } from '#domain/kernel/event/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { AppendRequest, EventStore } from '#domain/kernel/ports/event-store.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';
import { planLog } from '#domain/scheduling/plan-log/stream.js';
import { SCHEDULING_RULES, type PlannedEvent } from '#domain/scheduling/index.js';
import { eventIds } from '#src/engine/commands/index.js';

export type PlanOutcome =
  | { readonly kind: 'appended'; readonly revision: number }
  | { readonly kind: 'conflict'; readonly revision: number }
  | { readonly kind: 'refused'; readonly error: unknown }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'stopped' };

const PLAN_LOG = catalogOf(planLog);

const retryDelay = backOff({ firstMs: 20, mostMs: 2000 });

/**
 * Builds the append of a plan at the revision that the plan is based on. Event ids are derived from its content and writer.
 * @param basis number of Muster's events after that revision that the plan takes into account, or undefined if unknown
 */
export function planRequest(
  events: readonly PlannedEvent[],
  planRevision: number,
  writer: string,
  now: number,
  basis?: number,
): AppendRequest {
  const expected = planRevision < 0 ? 'no_stream' : planRevision;
  const texts = events.map((event, index) => encodePlanned(event, now, index === 0 ? basedOn(basis) : {}));
  const ids = eventIds({ stream: SCHEDULER_STREAM, expected, writer, events: texts });
  return {
    stream: SCHEDULER_STREAM,
    expected,
    events: texts.map((text, index) => ({ id: ids[index] ?? '', ...text })),
  };
}

export function isEncodable(event: PlannedEvent): boolean {
  try {
    encodePlanned(event, 0);
    return true;
  } catch {
    return false;
  }
}

type Basis = Pick<EventMetadata, 'basis' | 'rules'>;

function basedOn(basis: number | undefined): Basis {
  return {
    ...(basis !== undefined && { basis }),
    ...(SCHEDULING_RULES > 1 && { rules: SCHEDULING_RULES }),
  };
}

function encodePlanned({ type, data, cause }: PlannedEvent, now: number, basis: Basis = {}): EncodedEvent {
  const { correlationId, causationId } = cause;
  return PLAN_LOG.encode(
    { type, data },
    {
      $correlationId: correlationId,
      $causationId: causationId,
      at: now,
      actor: 'saga:scheduler',
      ...basis,
    },
  );
}

/** Appends a plan and determines its outcome, no matter how the store fails. Throws only errors that waiting cannot resolve. */
export async function appendPlan(
  store: EventStore,
  request: AppendRequest,
  clock: Clock,
  signal: StopSignal,
): Promise<PlanOutcome> {
  for (let failures = 1; !signal.aborted; failures += 1) {
    try {
      const { revision } = await store.append(request);
      return { kind: 'appended', revision };
    } catch (error) {
      if (isMusterError(error, 'MUSTER_E_WRONG_REVISION'))
        return { kind: 'conflict', revision: firstRevision(request) };
      if (wasRefused(error)) return { kind: 'refused', error };
      if (isMusterError(error, 'MUSTER_E_APPEND_TOO_LARGE')) return { kind: 'too-large' };
      if (!isMusterError(error, 'MUSTER_E_STORE_UNAVAILABLE')) throw error;
    }
    const settled = await settle(store, request);
    if (settled !== undefined) return settled;
    // The append is not in the log, but may still arrive. Appending the same ids again cannot duplicate it.
    await clock.sleep(retryDelay(failures), signal);
  }
  return { kind: 'stopped' };
}

async function settle(store: EventStore, request: AppendRequest): Promise<PlanOutcome | undefined> {
  const first = firstRevision(request);
  try {
    for await (const page of store.readStream(request.stream, { from: first, limit: 1 })) {
      const [event] = page;
      if (event === undefined) continue;
      const ours = event.id === request.events[0]?.id;
      return ours
        ? { kind: 'appended', revision: first + request.events.length - 1 }
        : { kind: 'conflict', revision: first };
    }
  } catch (error) {
    if (!isMusterError(error, 'MUSTER_E_STORE_UNAVAILABLE')) throw error;
  }
  return undefined;
}

function firstRevision(request: AppendRequest): number {
  return request.expected === 'no_stream' ? 0 : request.expected + 1;
}
