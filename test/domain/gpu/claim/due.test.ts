import t from 'tap';
import { dueOf, dueSettlement, desiredJobOf, type DueClaim } from '#domain/gpu/claim/index.js';
import { MAX_RETAINED_JOBS, NO_WORK, RETAINED, type WorkView } from '#domain/work/index.js';

const CLAIM: DueClaim = {
  claimId: 'claim-1',
  standing: 'held',
  ownerEnded: false,
  retention: RETAINED,
  work: NO_WORK,
};
const claim = (more: Partial<DueClaim>, work: Partial<WorkView> = {}): DueClaim => ({
  ...CLAIM,
  ...more,
  work: { ...NO_WORK, ...work },
});
const over = (later: number) => ({ over: true, later });

void t.test(
  'a claim ends when its account is erased, or when its job is stopped, completes or fails',
  async (t) => {
    t.equal(dueSettlement(claim({})), undefined);
    t.equal(dueSettlement(claim({}, { job: 'begun' })), undefined);
    t.equal(dueSettlement(claim({}, { job: 'begun', finished: 'complete' })), 'succeeded');
    t.equal(dueSettlement(claim({}, { job: 'begun', finished: 'failed' })), 'failed');
    t.equal(dueSettlement(claim({}, { job: 'stopped' })), 'failed');
    t.equal(
      dueSettlement(claim({}, { job: 'stopped', finished: 'complete' })),
      'failed',
      'a stop takes precedence over completion',
    );
    t.equal(dueSettlement(claim({ ownerEnded: true }, { job: 'begun', finished: 'complete' })), 'release');
  },
);

void t.test(
  'a held claim needs a running job, and only the newest ended claims keep their jobs',
  async (t) => {
    t.strictSame(desiredJobOf(true, over(MAX_RETAINED_JOBS)), { kind: 'run' });
    t.strictSame(desiredJobOf(false, over(MAX_RETAINED_JOBS - 1)), { kind: 'over' });
    t.strictSame(desiredJobOf(false, over(MAX_RETAINED_JOBS)), { kind: 'gone' });
  },
);

void t.test(
  'a held claim of an erased account is settled; otherwise the next step of the job is due',
  async (t) => {
    t.equal(dueOf(claim({})), 'begin');
    t.equal(dueOf(claim({}, { job: 'begun' })), undefined);
    t.equal(dueOf(claim({}, { job: 'begun', finished: 'failed' })), 'settle');
    t.equal(dueOf(claim({ ownerEnded: true })), 'settle');
    t.equal(dueOf(claim({ standing: 'released', retention: over(0) }, { job: 'begun' })), 'stop');
    t.equal(
      dueOf(claim({ standing: 'released', retention: over(0), ownerEnded: true }, { job: 'stopped' })),
      undefined,
      'no further step is due',
    );
    t.equal(
      dueOf(
        claim(
          { standing: 'failed', retention: over(MAX_RETAINED_JOBS) },
          { job: 'begun', finished: 'failed' },
        ),
      ),
      'forget',
    );
  },
);
