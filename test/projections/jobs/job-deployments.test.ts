import t from 'tap';
import { isOwnedJob, type MusterEvent } from '#test/fixtures/muster-events.js';
import { jobDeploymentDueAt } from '#domain/work/deployment.js';
import {
  jobDeployments as jobDeploymentsWithout,
  type JobDeploymentsDocument,
} from '#projections/jobs/job-deployments.js';
import {
  archived,
  deleted,
  failed,
  group,
  place,
  placed,
  released,
  restarted,
  specification,
  started,
  submitted,
  updated,
} from '../events.js';
import { recorded } from '../history.js';
import { documentAfter } from '../plain-fold.js';

const jobDeployments = jobDeploymentsWithout({ isOwnedJob });
const after = (...events: MusterEvent[]): JobDeploymentsDocument | undefined =>
  documentAfter<JobDeploymentsDocument>(jobDeployments, recorded(events), 'j');
const due = (...events: MusterEvent[]): number | undefined => jobDeploymentDueAt(after(...events)!);

const rolled = (command: string, count = 2) =>
  specification({ ...group('web', count, command), update: { min_healthy_seconds: 7 } });
const plan = {
  name: 'web',
  count: 2,
  maxParallel: 1,
  minHealthySeconds: 7,
  progressDeadlineSeconds: 60,
  autoRevert: false,
};
const begun = (open: number): MusterEvent => ({
  type: 'JobDeploymentStarted',
  data: { jobId: 'j', former: null, groups: [{ ...plan, open }] },
});
const advanced = (version: number, open: number): MusterEvent => ({
  type: 'JobDeploymentAdvanced',
  data: { jobId: 'j', version, groups: [{ name: 'web', open }] },
});
const settled = (version: number, outcome: 'completed' | 'failed' | 'cancelled'): MusterEvent => ({
  type: 'JobDeploymentSettled',
  data: { jobId: 'j', version, outcome, reason: { code: 'healthy', message: 'All are healthy.' } },
});
const [a, b] = [place('a', 'j', 0), place('b', 'j', 1)];
const first = [submitted('j', rolled('a')), begun(2)];

void t.test('keeps documents only of jobs with rollouts', async (t) => {
  t.equal(after(submitted('j'), updated('j')), undefined);
  t.match(after(...first), { jobId: 'j', rollout: { version: 0, outcome: null }, settled: [] });
  t.match(after(submitted('j'), updated('j', rolled('a'))), { rollout: null, settled: [] });
  for (const end of [deleted('j'), archived('j')]) t.equal(after(...first, end), undefined);
  t.same(
    jobDeployments.touches(recorded([placed(place('x', 'service.1'))])[0]!),
    [],
    'jobs of other surfaces are ignored',
  );
});

void t.test('identifies exactly the events that create a document', (t) => {
  for (const event of [
    ...first,
    updated('j', rolled('b')),
    restarted('j', rolled('b')),
    restarted('j'),
    submitted('j'),
    updated('j'),
    placed(a),
    started(a),
    advanced(0, 1),
    settled(0, 'failed'),
    deleted('j'),
  ]) {
    const makes = after(event) !== undefined;
    t.equal(
      jobDeployments.begins!(recorded([event])[0]!),
      makes,
      `the number of documents that ${event.type} creates is ${makes ? 'one' : 'none'}`,
    );
  }
  t.end();
});

void t.test('is due at its deadline, or when its slots have been healthy for long enough', async (t) => {
  t.equal(due(...first), 2000 + 60_000);
  const started0 = [...first, placed(a), placed(b), started(a)];
  t.equal(due(...started0), 2000 + 60_000);
  t.equal(due(...started0, started(b)), 6000 + 7000, 'both slots are healthy from the sixth second on');
  t.equal(due(...started0, failed(b), released(b, 'failed')), 0, 'a failure is due immediately');
  t.equal(due(...started0, settled(0, 'failed')), undefined);

  const second = [...first, settled(0, 'completed'), updated('j', rolled('b')), begun(1)];
  const one = [...second, placed({ ...a, allocationId: 'c' }, 3), started({ ...a, allocationId: 'c' })];
  t.equal(due(...second), 5000 + 60_000);
  t.equal(due(...one), 7000 + 7000, 'the next slot opens once the first has been healthy for long enough');
  t.equal(due(...one, advanced(3, 2)), 8000 + 60_000);
  t.match(after(...one, advanced(3, 2)), { rollout: { progressAt: 8000, groups: [{ open: 2 }] } });
});

void t.test('keeps the outcomes of the newest twenty deployments', async (t) => {
  t.match(after(...first, placed(a), started(a), settled(0, 'completed')), {
    rollout: { outcome: 'completed' },
    settled: [{ rollout: { version: 0, outcome: 'completed' }, settledAt: 5000, healthy: { web: 1 } }],
  });
  const many = Array.from({ length: 25 }, (_, each) => [
    updated('j', rolled(`c${each}`)),
    begun(1),
    settled(3 * each + 2, 'cancelled'),
  ]).flat();
  const kept = after(...first, ...many)?.settled.map(({ rollout }) => rollout.version);
  t.equal(kept?.length, 20);
  t.equal(kept?.at(-1), 3 * 24 + 2);
  t.match(
    after(...first, settled(7, 'failed')),
    { rollout: { outcome: null }, settled: [] },
    'the outcome of another version is ignored',
  );
});

void t.test('folds a document that was read from storage in the same way as one in memory', async (t) => {
  const history = recorded([
    updated('j', rolled('a')),
    begun(1),
    advanced(0, 2),
    settled(0, 'completed'),
    updated('j', rolled('b')),
    begun(1),
  ]);
  let held: JobDeploymentsDocument | undefined;
  let read: JobDeploymentsDocument | undefined;
  for (const event of history) {
    held = jobDeployments.evolve(held, event, 'j') as JobDeploymentsDocument | undefined;
    read = jobDeployments.evolve(read, event, 'j') as JobDeploymentsDocument | undefined;
    t.equal(JSON.stringify(read), JSON.stringify(held), event.type);
    read = JSON.parse(JSON.stringify(read)) as JobDeploymentsDocument;
  }
});
