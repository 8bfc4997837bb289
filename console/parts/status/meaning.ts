/** What a state means to the reader. */
export type Meaning = 'good' | 'active' | 'waits' | 'warns' | 'bad' | 'over' | 'unknown';

const WORDS: Readonly<Record<Exclude<Meaning, 'unknown'>, readonly string[]>> = {
  good: [
    'complete',
    'completed',
    'succeeded',
    'success',
    'healthy',
    'ready',
    'up',
    'online',
    'built',
    'active',
    'enabled',
    'eligible',
    'normal',
  ],
  active: ['running', 'starting', 'building', 'deploying', 'started', 'held', 'allocated', 'bound'],
  waits: [
    'pending',
    'blocked',
    'queued',
    'waiting',
    'accepted',
    'placed',
    'requested',
    'planned',
    'retrying',
    'scheduled',
  ],
  warns: [
    'draining',
    'drained',
    'ineligible',
    'degraded',
    'unknown',
    'unhealthy',
    'stopping',
    'partial',
    'missed',
  ],
  bad: ['failed', 'lost', 'down', 'error', 'dead', 'timeout', 'timed_out', 'offline', 'crashed', 'rejected'],
  over: [
    'stopped',
    'cancelled',
    'canceled',
    'skipped',
    'deleted',
    'released',
    'ended',
    'archived',
    'paused',
    'disabled',
    'inactive',
  ],
};

const MEANINGS = new Map(
  (Object.keys(WORDS) as Exclude<Meaning, 'unknown'>[]).flatMap((meaning) =>
    WORDS[meaning].map((word) => [word, meaning] as const),
  ),
);

export function meaningOf(status: string): Meaning {
  return MEANINGS.get(status.toLowerCase().replaceAll(/[\s-]/g, '_')) ?? 'unknown';
}
