import { Failure } from '../shared/failure.js';
import { timeOf } from '../shared/since.js';
import { wholeNumber } from '../shared/whole-number.js';

export interface EventsOptions {
  readonly job?: string;
  readonly run?: string;
  readonly stream?: string;
  readonly category?: string;
  readonly type?: string;
  readonly from?: string;
  readonly since?: string;
  readonly until?: string;
  readonly actor?: string;
  readonly last?: string;
  readonly follow?: boolean;
}

export interface EventsQuery {
  readonly job?: string;
  readonly stream?: string;
  readonly category?: string;
  readonly type?: string;
  readonly after?: bigint;
  /** In milliseconds since the epoch. */
  readonly since?: number;
  /** In milliseconds since the epoch, exclusive. */
  readonly until?: number;
  readonly actor?: string;
  /** Number of a run of the task whose stream is read. */
  readonly run?: number;
  readonly last?: number;
  readonly follow: boolean;
}

/** Parses the options. Throws a {@link Failure} that names an invalid option. */
export function parseEventsOptions({
  from,
  since,
  until,
  last,
  follow,
  run,
  ...filters
}: EventsOptions): EventsQuery {
  if (until !== undefined && follow === true) throw new Failure('--until cannot be combined with --follow');
  return {
    ...filters,
    ...(from !== undefined && { after: position(from) }),
    ...(since !== undefined && { since: timeOf(since) }),
    ...(until !== undefined && { until: timeOf(until, '--until') }),
    ...(run !== undefined && { run: wholeNumber(run, '--run') }),
    ...(last !== undefined && { last: wholeNumber(last, '-n') }),
    follow: follow === true,
  };
}

function position(text: string): bigint {
  if (!/^\d{1,19}$/.test(text))
    throw new Failure(`--from ${text}: must be a position, as -o wide shows it in the first column`);
  return BigInt(text);
}
