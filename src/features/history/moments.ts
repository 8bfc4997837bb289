import { z } from 'zod';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { EventCount } from '#domain/kernel/ports/history.js';
import {
  access,
  errors,
  isPosition,
  logMoment,
  resolveMoment,
  mustBeInOrder,
  limit,
  type Scope,
  type SurfaceHost,
} from '#src/http/index.js';
import { historyOf, range } from './history-page.js';
import type { HistoryParts } from './parts.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Longer ranges use hourly counts, so that a response reads at most 20,160 per-minute counts. */
const BY_MINUTE_MS = 14 * 24 * HOUR_MS;

const momentsQuery = z.strictObject({
  from: logMoment.optional().meta({
    description: 'The earlier position or time. Default: the first event',
    examples: ['2026-11-20T14:00:00Z'],
  }),
  to: range.to,
  buckets: limit(1000, 100, 'buckets'),
});

const bucket = z
  .object({
    at: z.iso.datetime().meta({ description: 'Start of the bucket', examples: ['2026-11-20T14:00:00.000Z'] }),
    events: z.number().int().meta({ description: 'Number of events recorded in the bucket' }),
    failures: z.number().int().meta({
      description:
        'Number of these events that report a failure: of an allocation, a run or one of its attempts, a deployment, a build, a service, a notification or a node',
    }),
  })
  .meta({ id: 'MomentBucket', description: 'A bucket of the histogram' });

const moments = z
  .object({
    from: z.iso.datetime().meta({ description: 'Start of the first bucket' }),
    to: z.iso.datetime().meta({ description: 'End of the last bucket, exclusive' }),
    bucket_seconds: z
      .number()
      .int()
      .meta({ description: 'Length of a bucket', examples: [60] }),
    buckets: z.array(bucket),
    indexed_to: z
      .string()
      .nullable()
      .meta({
        description: 'Position of the latest counted event; null if no events are counted',
        examples: ['42'],
      }),
  })
  .meta({ id: 'Moments', description: 'Number of events over time' });

export function momentReads(app: Scope, { parts, limits }: SurfaceHost<HistoryParts>): void {
  app.get(
    '/audit/moments',
    {
      config: { ...access.auditor, namesMoments: true },
      schema: {
        tags: ['history'],
        operationId: 'audit_readMoments',
        summary: 'Count events and failures over time',
        description:
          'Returns a histogram for a time axis. All buckets have the same length: a whole number of minutes, or of hours if the period is longer than 14 days. The first bucket starts at `from`, rounded down to the minute (or hour).',
        querystring: momentsQuery,
        response: {
          200: { description: 'The histogram', content: { 'application/json': { schema: moments } } },
          ...errors(404, 409),
        },
      },
    },
    async ({ query }) => {
      const history = await historyOf(parts, limits);
      const { from, to, buckets } = query;
      if (from !== undefined && to !== undefined) mustBeInOrder(from, to);
      const now = parts.clock.now();
      const timeOf = async (field: 'from' | 'to', asked: string): Promise<number> => {
        const reads = { ...parts, history, waitMs: limits.waitMs };
        const time = isPosition(asked) ? (await resolveMoment(asked, reads, field)).time : Date.parse(asked);
        if (time > now) throw new MusterError('MUSTER_E_INVALID', { field, problem: 'is in the future' });
        return time;
      };
      const until = to === undefined ? now : await timeOf('to', to);
      const since = from === undefined ? (history.oldestCount() ?? until) : await timeOf('from', from);
      if (since > until)
        throw new MusterError('MUSTER_E_INVALID', { field: 'from', problem: 'must not be after to' });
      const span = until - since > BY_MINUTE_MS ? 'hour' : 'minute';
      const counts = history.counts(span, since, until);
      const indexed = history.indexedTo();
      return {
        ...histogram(counts, { since, until, buckets, unit: span === 'hour' ? HOUR_MS : MINUTE_MS }),
        indexed_to: indexed < 0n ? null : indexed.toString(),
      };
    },
  );
}

interface Axis {
  readonly since: number;
  readonly until: number;
  readonly buckets: number;
  /** The length of a bucket is a multiple of this unit. */
  readonly unit: number;
}

function histogram(
  counts: readonly EventCount[],
  { since, until, buckets: most, unit }: Axis,
): Pick<z.input<typeof moments>, 'from' | 'to' | 'bucket_seconds' | 'buckets'> {
  const start = since - (since % unit);
  const units = Math.floor((until - start) / unit) + 1;
  const length = Math.ceil(units / most) * unit;
  const buckets = Array.from({ length: Math.ceil((units * unit) / length) }, (_, index) => ({
    at: new Date(start + index * length).toISOString(),
    events: 0,
    failures: 0,
  }));
  for (const count of counts) {
    const found = buckets[Math.floor((count.start - start) / length)];
    if (found === undefined) continue;
    found.events += count.events;
    found.failures += count.failures;
  }
  return {
    from: new Date(start).toISOString(),
    to: new Date(start + buckets.length * length).toISOString(),
    bucket_seconds: length / 1000,
    buckets,
  };
}
