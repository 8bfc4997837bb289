import { z } from 'zod';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { History } from '#domain/kernel/ports/history.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';

const PATTERN = String.raw`^(?:\d{1,19}|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))$`;

/** A moment of the log: a position (a bare number) or a time. */
export const logMoment = z
  .string()
  .regex(
    new RegExp(PATTERN),
    'must be a position (a whole decimal number), or a time such as 2026-11-20T14:32:00Z',
  )
  // Date.parse accepts 30 February.
  .refine(
    (text) => isPosition(text) || z.iso.datetime({ offset: true }).safeParse(text).success,
    'must be a time that exists',
  )
  .meta({ pattern: PATTERN });

/** Returns the first position at or after a moment. */
export async function firstFrom(text: string, history: History): Promise<bigint> {
  const position = isPosition(text) ? BigInt(text) : (await history.positionAt(Date.parse(text) - 1)) + 1n;
  mustBeKept(position, history);
  return position;
}

/**
 * Returns the last position at or before a moment, which must be in the past. A time includes everything that was recorded in that millisecond.
 * @param field the name of the parameter, for errors.
 */
export async function lastUntil(
  text: string,
  { history, clock }: Pick<MomentReads, 'history' | 'clock'>,
  field: string,
): Promise<bigint> {
  mustNotBeInFuture(text, clock, field);
  const position = isPosition(text) ? BigInt(text) : await history.positionAt(Date.parse(text));
  mustBeKept(position, history);
  await mustBeInLog(position, history, field);
  return position;
}

function mustNotBeInFuture(text: string, clock: Pick<Clock, 'now'>, field: string): void {
  if (!isPosition(text) && Date.parse(text) > clock.now()) throw invalid(field, 'is in the future');
}

async function mustBeInLog(position: bigint, history: Pick<History, 'head'>, field: string): Promise<void> {
  const head = (await history.head()) ?? -1n;
  if (position > head) throw invalid(field, `the newest position of the log is ${head}`);
}

function invalid(field: string, problem: string): MusterError {
  return new MusterError('MUSTER_E_INVALID', { field, problem });
}

/** Throws `MUSTER_E_HISTORY_PRUNED` if the position is before the retained history. */
export function mustBeKept(position: bigint, history: Pick<History, 'keptFrom'>): void {
  const kept = history.keptFrom();
  if (kept === undefined || position >= kept.position) return;
  throw new MusterError('MUSTER_E_HISTORY_PRUNED', {
    earliest: new Date(kept.time).toISOString(),
    position: String(kept.position),
  });
}

/** Throws `MUSTER_E_INVALID` if `from` is later than `to`. Two ordered times are valid even if there is no event between them. */
export function mustBeInOrder(from: string, to: string): void {
  const [positions, times] = [isPosition(from) && isPosition(to), !isPosition(from) && !isPosition(to)];
  const wrong = positions ? BigInt(from) > BigInt(to) : times && Date.parse(from) > Date.parse(to);
  if (wrong) throw invalid('from', 'must not be after to');
}

/** Whether a moment is a position rather than a time. */
export function isPosition(text: string): boolean {
  return /^\d+$/.test(text);
}

export interface MomentReads {
  readonly history: History;
  readonly readModels: Pick<ReadModels, 'waitFor'>;
  readonly clock: Pick<Clock, 'now'>;
  /** How long a request waits for the read models to reach its position, in milliseconds. */
  readonly waitMs: number;
}

/** A position that the log and the read models have reached. */
export interface ReachedMoment {
  readonly position: bigint;
  /** Write time of the newest event up to the position, in milliseconds since the epoch. */
  readonly time: number;
}

/**
 * Resolves a moment to a position that can be read: not in the future, and not before the first event. Waits for the read models.
 * @param field the name of the parameter, for errors.
 */
export async function resolveMoment(
  asked: string,
  { history, readModels, clock, waitMs }: MomentReads,
  field = 'as_of',
): Promise<ReachedMoment> {
  if (!logMoment.safeParse(asked).success)
    throw invalid(
      field,
      'must be a position (a whole decimal number), or a time such as 2026-11-20T14:32:00Z',
    );
  mustNotBeInFuture(asked, clock, field);
  const built = history.built();
  if (built !== undefined) throw new MusterError('MUSTER_E_HISTORY_BUILDING', { percent: built });
  const position = isPosition(asked) ? BigInt(asked) : await history.positionAt(Date.parse(asked));
  const newest = position < 0n ? undefined : await history.newestUpTo(position);
  if (newest === undefined) throw new MusterError('MUSTER_E_BEFORE_LOG', { moment: asked });
  mustBeKept(position, history);
  await mustBeInLog(position, history, field);
  const reached =
    (await readModels.waitFor(newest.position, waitMs)) && (await history.waitFor(newest.position, waitMs));
  if (!reached)
    throw new MusterError('MUSTER_E_READ_MODEL_UNAVAILABLE', {
      model: 'all',
      problem: `it has not reached position ${newest.position} yet`,
    });
  return { position, time: newest.created };
}
