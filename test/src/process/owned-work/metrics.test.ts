import t from 'tap';
import { Metrics } from '#src/engine/metrics/metrics.js';
import type { WorkStatus } from '#src/fleet/owned-work/index.js';
import { archiveMetrics } from '#src/process/archive/metrics.js';
import { ownedWorkMetrics } from '#src/process/owned-work/metrics.js';
import { parsePrometheus } from '../../../fixtures/prometheus-text.js';
import { TestClock } from '../../../fixtures/test-clock.js';

/** Every figure by its name and labels. */
async function figures(metrics: Metrics): Promise<Record<string, number>> {
  const samples = [...parsePrometheus(await metrics.text())]
    .filter(([name]) => /owned_work|archive/.test(name))
    .flatMap(([, family]) => family.samples);
  return Object.fromEntries(
    samples.map(({ name, labels, value }) => [[name, ...Object.values(labels)].join(' '), value]),
  );
}

void t.test('labels each metric with the name of its work', async (t) => {
  const status = (work: string, due: number): WorkStatus => ({
    work,
    due,
    lateSeconds: due + 0.5,
    parked: due + 1,
    failures: due + 2,
    steps: { settle: 1, begin: 2, update: 3, stop: 4, forget: 5 },
  });
  const metrics = new Metrics(new TestClock());
  ownedWorkMetrics(metrics, () => [status('gpu', 3), status('runs', 7)]);
  const steps = (work: string) =>
    Object.fromEntries(
      ['settle', 'begin', 'update', 'stop', 'forget'].map((step, index) => [
        `muster_owned_work_steps_total ${work} ${step}`,
        index + 1,
      ]),
    );
  t.strictSame(await figures(metrics), {
    'muster_owned_work_due gpu': 3,
    'muster_owned_work_due runs': 7,
    'muster_owned_work_late_seconds gpu': 3.5,
    'muster_owned_work_late_seconds runs': 7.5,
    'muster_owned_work_parked gpu': 4,
    'muster_owned_work_parked runs': 8,
    'muster_owned_work_failures_total gpu': 5,
    'muster_owned_work_failures_total runs': 9,
    ...steps('gpu'),
    ...steps('runs'),
  });
});

void t.test('reports the numbers of archived, failed and held jobs', async (t) => {
  const metrics = new Metrics(new TestClock());
  archiveMetrics(metrics, { status: () => ({ archived: 4, failures: 2, held: 1 }) });
  t.strictSame(await figures(metrics), {
    muster_archive_jobs_total: 4,
    muster_archive_failures_total: 2,
    muster_archive_held: 1,
  });
});
