import t from 'tap';
import {
  emptySlot,
  isVacant,
  isWanted,
  unwantedBecause,
  type LiveAllocation,
  type ScheduledGroup,
  type ScheduledJob,
  type Slot,
} from '#domain/scheduling/state/scheduled-job.js';

function allocation(
  job: Partial<ScheduledJob> = {},
  group: Partial<ScheduledGroup> = {},
  own: Partial<LiveAllocation> = {},
): LiveAllocation {
  return {
    job: { stopped: false, deleted: false, ...job },
    group: { specification: { work: 'new' }, count: 2, ...group },
    slot: 1,
    work: 'new',
    ...own,
  } as unknown as LiveAllocation;
}

void t.test(
  'an allocation is wanted while its job runs, its group is unchanged and its slot exists',
  async (t) => {
    t.equal(unwantedBecause(allocation()), undefined);
    t.ok(isWanted(allocation()));
    for (const [reason, given] of [
      ['job-deleted', allocation({ deleted: true, stopped: true })],
      ['job-stopped', allocation({ stopped: true }, { count: 0 })],
      ['job-updated', allocation({}, { specification: undefined })],
      ['job-updated', allocation({}, { count: 0 }, { work: 'old' })],
      ['job-updated', allocation({}, { replaceable: 2 }, { work: undefined })],
      ['scaled-down', allocation({}, { count: 1 })],
    ] as const) {
      t.equal(unwantedBecause(given), reason);
      t.notOk(isWanted(given));
    }
  },
);

void t.test('a slot is vacant if it holds nothing, is not final and its retry time has come', async (t) => {
  const vacant = (slot: Partial<Slot>): boolean => isVacant({ ...emptySlot(), ...slot }, 100);
  t.ok(isVacant(undefined, 100));
  t.ok(vacant({}));
  t.ok(vacant({ retryAt: 100 }));
  t.notOk(vacant({ retryAt: 101 }));
  t.notOk(vacant({ outcome: 'failed' }));
  t.notOk(vacant({ allocation: allocation() }));
  t.strictSame(emptySlot(), {
    allocation: undefined,
    outcome: undefined,
    retryAt: undefined,
    retryOf: undefined,
    version: -1,
    attempts: 0,
    failures: 0,
    failingSince: undefined,
    reschedules: 0,
    reschedulingSince: undefined,
    interruptions: 0,
    portRetries: 0,
    given: undefined,
  });
});
