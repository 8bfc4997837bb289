import t from 'tap';
import type { ReschedulePolicy, RestartPolicy } from '#domain/jobs/job/restart.js';
import type { GroupSpecification } from '#domain/scheduling/feasibility/shape.js';
import { releaseOf } from '#domain/scheduling/state/release.js';
import { RESTART_INTERVAL_MS, STABLE_RUN_MS } from '#domain/scheduling/state/retry.js';
import { emptySlot, type LiveAllocation, type Slot } from '#domain/scheduling/state/scheduled-job.js';

const NOW = 10_000_000;

interface Given
  extends
    Partial<Pick<LiveAllocation, 'stopping' | 'placedAt'>>,
    Partial<Pick<Slot, 'failures' | 'interruptions'>> {
  readonly reschedule?: ReschedulePolicy;
  readonly restart?: RestartPolicy;
  readonly lost?: 'fail' | 'replace';
}

function allocation({
  stopping,
  placedAt = NOW,
  failures = 0,
  interruptions = 0,
  reschedule,
  ...asked
}: Given = {}): LiveAllocation {
  const slots = [undefined, { ...emptySlot(), failures, failingSince: NOW, interruptions }];
  return {
    stopping,
    placedAt,
    slot: 1,
    group: { specification: asked as unknown as GroupSpecification, reschedule, slots },
  } as unknown as LiveAllocation;
}

void t.test('a complete allocation is final, even if it was asked to stop', async (t) => {
  t.strictSame(releaseOf(allocation(), 'complete', NOW), { outcome: 'complete' });
  t.strictSame(releaseOf(allocation({ stopping: 'drain' }), 'complete', NOW), { outcome: 'complete' });
});

void t.test(
  'an allocation asked to stop counts as stopped however it ends, and is replaced at once if lost',
  async (t) => {
    const asked = allocation({
      stopping: 'drain',
      failures: 3,
      interruptions: 3,
      restart: { attempts: 9, delay: 5, mode: 'delay' },
    });
    t.strictSame(releaseOf(asked, 'failed', NOW), { outcome: 'stopped' });
    t.strictSame(releaseOf(asked, 'stopped', NOW), { outcome: 'stopped' });
    t.strictSame(releaseOf(asked, 'lost', NOW), { outcome: 'lost', retryAt: NOW });
  },
);

void t.test(
  'an allocation that may not be repeated is not repeated, whatever its node did with it',
  async (t) => {
    for (const stopping of ['drain', 'capacity-shrunk', undefined] as const) {
      const once = allocation({ lost: 'fail', ...(stopping && { stopping }) });
      for (const ended of ['stopped', 'lost'] as const)
        t.strictSame(releaseOf(once, ended, NOW), { outcome: 'lost' }, `${stopping}: ${ended}`);
      t.strictSame(releaseOf(once, 'complete', NOW), { outcome: 'complete' });
    }
    for (const stopping of ['drain', 'capacity-shrunk'] as const)
      t.strictSame(releaseOf(allocation({ lost: 'fail', stopping }), 'failed', NOW), { outcome: 'lost' });
    for (const stopping of ['job-stopped', 'job-updated', 'scaled-down', 'job-deleted'] as const)
      t.strictSame(
        releaseOf(allocation({ lost: 'fail', stopping }), 'failed', NOW),
        { outcome: 'stopped' },
        `${stopping} is a wish of the user`,
      );
  },
);

void t.test('a failed allocation is final without a restart policy', async (t) => {
  t.strictSame(releaseOf(allocation(), 'failed', NOW), { outcome: 'failed' });
  t.strictSame(releaseOf(allocation({ restart: { attempts: 0, delay: 5, mode: 'fail' } }), 'failed', NOW), {
    outcome: 'failed',
  });
});

void t.test('a failed allocation is retried after its delay, up to the attempts of its group', async (t) => {
  const after = (failures: number) =>
    releaseOf(allocation({ failures, restart: { attempts: 2, delay: 1.5, mode: 'fail' } }), 'failed', NOW);
  t.strictSame([0, 1].map(after), [
    { outcome: 'failed', retryAt: NOW + 1_500 },
    { outcome: 'failed', retryAt: NOW + 1_500 },
  ]);
  t.strictSame(
    [2, 3, 4, 5].map(after),
    Array(4).fill({ outcome: 'failed' }),
    'no further attempts follow in later rounds',
  );
});

void t.test(
  'an allocation with a reschedule policy is rescheduled once its restarts are used up',
  async (t) => {
    const after = (failures: number) =>
      releaseOf(
        allocation({ failures, restart: { attempts: 2, delay: 1, mode: 'fail' }, reschedule: {} }),
        'failed',
        NOW,
      );
    t.strictSame(after(1), { outcome: 'failed', retryAt: NOW + 1_000 });
    t.strictSame(after(2), { outcome: 'failed', retryAt: NOW + 30_000, rescheduled: true });
  },
);

void t.test('with mode delay, attempts continue in rounds at least a minute apart', async (t) => {
  for (const [delay, between] of [
    [5, RESTART_INTERVAL_MS],
    [90, 90_000],
  ] as const) {
    const pauses = [0, 1, 2, 3, 4, 5].map(
      (failures) =>
        (releaseOf(allocation({ failures, restart: { attempts: 2, delay, mode: 'delay' } }), 'failed', NOW)
          .retryAt ?? 0) - NOW,
    );
    t.strictSame(pauses, [delay * 1000, delay * 1000, between, delay * 1000, delay * 1000, between]);
  }
});

void t.test('with backoff double, each delay is twice the previous one, up to the maximum', async (t) => {
  const pausesOf = (more: Partial<RestartPolicy>, ran = 0): number[] =>
    [0, 1, 2, 3, 4, 99].map((failures) => {
      const restart: RestartPolicy = { attempts: 100, delay: 1, mode: 'fail', backoff: 'double', ...more };
      return (
        (releaseOf(allocation({ failures, placedAt: NOW - ran, restart }), 'failed', NOW).retryAt ?? 0) - NOW
      );
    });
  t.strictSame(pausesOf({ max_delay: 6 }), [1_000, 2_000, 4_000, 6_000, 6_000, 6_000]);
  t.strictSame(
    pausesOf({}),
    [1_000, 2_000, 4_000, 8_000, 16_000, 300_000],
    'the default maximum is five minutes',
  );
  t.strictSame(pausesOf({ delay: 400 }), Array(6).fill(400_000), 'a longer delay is itself the maximum');
  t.strictSame(
    pausesOf({}, STABLE_RUN_MS),
    Array(6).fill(1_000),
    'after a long run the first delay applies again',
  );
  t.strictSame(pausesOf({ backoff: 'constant', max_delay: 6 }), Array(6).fill(1_000));
});

void t.test(
  'an allocation that is lost or stops on its own is replaced, with a longer delay each time in a row',
  async (t) => {
    for (const ended of ['lost', 'stopped'] as const) {
      const pauses = [0, 1, 2, 3, 9, 10, 1_000].map(
        (interruptions) => (releaseOf(allocation({ interruptions }), ended, NOW).retryAt ?? 0) - NOW,
      );
      t.strictSame(pauses, [0, 1_000, 2_000, 4_000, 256_000, 300_000, 300_000], ended);
      t.equal(releaseOf(allocation(), ended, NOW).outcome, ended);
    }
  },
);

void t.test('a loss after a long run counts as the first one', async (t) => {
  const after = (ms: number) =>
    (releaseOf(allocation({ interruptions: 4, placedAt: NOW - ms }), 'lost', NOW).retryAt ?? 0) - NOW;
  t.strictSame([after(STABLE_RUN_MS - 1), after(STABLE_RUN_MS)], [8_000, 0]);
});

void t.test('a lost allocation is final if its group is set to fail', async (t) => {
  t.strictSame(releaseOf(allocation({ lost: 'fail' }), 'lost', NOW), { outcome: 'lost' });
  t.strictSame(releaseOf(allocation({ lost: 'replace' }), 'lost', NOW), { outcome: 'lost', retryAt: NOW });
});
