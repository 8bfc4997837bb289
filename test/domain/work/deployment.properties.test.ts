import fc from 'fast-check';
import t from 'tap';
import { canonicalJson } from '#domain/kernel/canonical.js';
import { isOutdated, type LiveAllocation } from '#domain/scheduling/state/scheduled-job.js';
import { Rollout } from './rollout.js';

/** Set `PROPERTY_RUNS=20000` for a longer search. */
const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 150);

const UPDATE = { min_healthy_seconds: 2, progress_deadline_seconds: 30 };

/** Advances agents, decisions and time until the deployment ends, and calls `looked` after each step. */
function untilOver(
  rollout: Rollout,
  failing: (allocation: LiveAllocation) => boolean,
  looked: () => void = () => undefined,
): string | null {
  for (let round = 0; round < 1000; round += 1) {
    rollout.agents(failing);
    looked();
    while (rollout.judge()) looked();
    const { state } = rollout;
    if (state.kind !== 'present' || state.rollout?.outcome !== null)
      return state.kind === 'present' ? (state.rollout?.outcome ?? null) : null;
    rollout.world.after(1000);
  }
  throw new Error('the deployment does not end');
}

void t.test(
  'a deployment never has more slots down than may be replaced at once, and ends with all slots running',
  async () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 7 }),
        (before, maxParallel, count) => {
          const rollout = new Rollout();
          rollout.submit('a', before, { ...UPDATE, max_parallel: maxParallel });
          if (untilOver(rollout, () => false) !== 'completed')
            throw new Error('the first version does not complete');
          rollout.submit('b', count, { ...UPDATE, max_parallel: maxParallel });
          // Groups that did not exist before cannot lose instances.
          const added = Math.max(0, count - before);
          const end = untilOver(
            rollout,
            () => false,
            () => {
              if (rollout.down > maxParallel + added)
                throw new Error(`${rollout.down} of ${count} slots are down, ${maxParallel} may be`);
            },
          );
          const newest = rollout.state.kind === 'present' ? rollout.state.version : -1;
          if (
            end !== 'completed' ||
            rollout.live.length !== count ||
            rollout.live.some(({ jobVersion }) => jobVersion !== newest)
          )
            throw new Error(`${end}: ${rollout.live.map(({ jobVersion }) => jobVersion).join()}`);
        },
      ),
      { numRuns: RUNS },
    );
  },
);

void t.test(
  'a version that fails in any slot is rolled back, with at most max_parallel other slots down',
  async () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 3 }),
        fc.nat(5),
        (count, maxParallel, bad) => {
          const rollout = new Rollout();
          const update = { ...UPDATE, max_parallel: maxParallel, auto_revert: true };
          rollout.submit('a', count, update);
          untilOver(rollout, () => false);
          const first = rollout.state.kind === 'present' ? rollout.state.version : -1;
          rollout.submit('b', count, update);
          const ill = rollout.state.kind === 'present' ? rollout.state.version : -1;
          const slot = bad % count;
          let failed = 0;
          let opened = 0;
          const end = untilOver(
            rollout,
            (allocation) => {
              if (allocation.jobVersion !== ill || allocation.slot !== slot) return false;
              failed += 1;
              return true;
            },
            () => {
              const replacing = rollout.state.kind === 'present' ? rollout.state.rollout : undefined;
              if (replacing?.version === ill) opened = replacing.groups[0]?.open ?? opened;
              if (rollout.down > maxParallel + failed)
                throw new Error(`${rollout.down} of ${count} slots are down`);
            },
          );
          const { state } = rollout;
          if (state.kind !== 'present' || state.rollout?.reverts !== ill || end !== 'completed')
            throw new Error(`${end}: ${JSON.stringify(state)}`);
          if (rollout.live.length !== count || rollout.live.some(isOutdated))
            throw new Error('not all slots run the restored version');
          const kept = rollout.live.filter(({ jobVersion }) => jobVersion === first).length;
          // Only the slots that were open when the version failed were replaced.
          if (kept !== count - opened)
            throw new Error(`${kept} of ${count} instances kept, ${opened} were replaced`);
          if (canonicalJson(state.specification) !== canonicalJson(rollout.former[0]))
            throw new Error('the restored specification differs');
        },
      ),
      { numRuns: RUNS },
    );
  },
);

void t.test(
  'every deployment ends with a consistent plan log, despite failures, losses and updates in between',
  async () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('submit' as const),
        command: fc.constantFrom('a', 'b', 'c'),
        count: fc.integer({ min: 0, max: 5 }),
        parallel: fc.integer({ min: 1, max: 3 }),
      }),
      fc.record({
        kind: fc.constant('fail' as const),
        which: fc.nat(9),
        how: fc.constantFrom(
          'AllocationFailed',
          'AllocationLost',
          'AllocationCompleted',
          'AllocationStopped',
        ),
      }),
      fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(500, 2000, 40_000) }),
      fc.constant({ kind: 'work' as const }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const rollout = new Rollout();
        for (const each of steps) {
          if (each.kind === 'submit')
            rollout.submit(each.command, each.count, {
              ...UPDATE,
              max_parallel: each.parallel,
              auto_revert: each.parallel === 1,
            });
          else if (each.kind === 'pass') rollout.world.after(each.ms);
          else if (each.kind === 'work') {
            rollout.agents(() => false);
            rollout.judge();
          } else {
            const { live } = rollout;
            const struck = live[each.which % Math.max(1, live.length)];
            if (struck !== undefined && struck.reported === undefined)
              rollout.world.report(struck.id, each.how);
          }
        }
        if (rollout.former.length === 0) return;
        untilOver(rollout, () => false);
        if (rollout.world.check.findings.length > 0)
          throw new Error(JSON.stringify(rollout.world.check.findings));
      }),
      { numRuns: RUNS },
    );
  },
);
