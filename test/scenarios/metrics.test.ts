import t from 'tap';
import { eventually } from '../fixtures/eventually.js';
import { group } from '../fixtures/jobs.js';
import { parsePrometheus, valueOf, type PrometheusFamily } from '../fixtures/prometheus-text.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(600_000);

const server = await startServer(t);
const { api } = server;

/** Threads of every server. An embedded log adds one more. */
const THREADS = ['main', 'projector', 'scheduler'];

async function scrape(): Promise<Map<string, PrometheusFamily>> {
  return parsePrometheus((await api.get('/metrics')).text);
}

await t.test('metrics of a running server report commands, jobs and nodes', async (t) => {
  await api.post('/register', {
    node_id: 'n1',
    ip_address: '127.0.0.1',
    resources: { cpu: 1000, memory: 1000 },
  });
  for (let index = 0; index < 5; index += 1)
    t.equal(
      (await api.post('/jobs', { job_id: `fits-${index}`, task_groups: [group({ cpu: 10, memory: 10 })] }))
        .status,
      200,
    );
  for (let index = 0; index < 3; index += 1)
    t.equal(
      (await api.post('/jobs', { job_id: `huge-${index}`, task_groups: [group({ cpu: 1_000_000 })] })).status,
      200,
    );
  const families = await eventually(
    async () => {
      const now = await scrape();
      return valueOf(now, 'muster_jobs_blocked') === 3 &&
        valueOf(now, 'muster_allocations', { status: 'pending' }) === 5 &&
        valueOf(now, 'muster_projection_lag_events', { model: 'jobs' }) === 0 &&
        // A scrape is answered without the figures that a busy machine did not read in time.
        valueOf(now, 'muster_metrics_unread') === 0
        ? now
        : undefined;
    },
    { what: 'three blocked jobs, five allocations' },
  );
  t.equal(valueOf(families, 'muster_nodes', { state: 'up' }), 1);
  t.equal(
    valueOf(families, 'muster_http_request_duration_seconds_count', {
      route: '/jobs',
      method: 'POST',
      status: '2xx',
    }),
    8,
  );
  const appended = valueOf(families, 'muster_event_store_append_duration_seconds_count', {
    by: 'commands',
    outcome: 'appended',
  });
  t.ok((appended ?? 0) >= 9, `${appended} appends of commands`);
  t.ok(
    (valueOf(families, 'muster_event_store_append_duration_seconds_count', {
      by: 'scheduler',
      outcome: 'appended',
    }) ?? 0) > 0,
    'the scheduler appended events too',
  );
  t.equal(
    valueOf(families, 'muster_evaluation_duration_seconds_count'),
    8,
    'there was one evaluation for each job',
  );
  t.equal(valueOf(families, 'muster_evaluations_pending'), 0);
  t.equal(valueOf(families, 'muster_evaluation_oldest_age_seconds'), 0);
  t.equal(valueOf(families, 'muster_projection_running'), 1);
  t.equal(valueOf(families, 'muster_projection_parked_documents', { model: 'jobs' }), 0);
  t.equal(valueOf(families, 'muster_metrics_unread'), 0);
});

await t.test('each thread reports the delay and utilization of its event loop', async (t) => {
  // Each scrape resets these metrics, so two scrapes without a pause show no values.
  const threadsOf = (families: ReadonlyMap<string, PrometheusFamily>, name: string): string[] =>
    families.get(name)?.samples.map(({ labels }) => labels['thread'] ?? '') ?? [];
  const families = await eventually(
    async () => {
      const now = await scrape();
      return THREADS.every((thread) => threadsOf(now, 'muster_event_loop_delay_max_seconds').includes(thread))
        ? now
        : undefined;
    },
    { interval: 300 },
  );
  for (const name of [
    'muster_event_loop_delay_p99_seconds',
    'muster_event_loop_delay_max_seconds',
    'muster_event_loop_utilization_ratio',
  ]) {
    for (const thread of THREADS) t.ok(threadsOf(families, name).includes(thread), `${name} of ${thread}`);
  }
});

await t.test('names, units and help texts of metrics follow the conventions', async (t) => {
  const families = await scrape();
  for (const [name, { help, type, samples }] of families) {
    if (!name.startsWith('muster_')) continue;
    t.ok(help.length > 10, `${name} has a help text`);
    t.equal(name.endsWith('_total'), type === 'counter', `${name} is a ${type}`);
    if (type === 'histogram') t.match(name, /_seconds$/, name);
    t.ok(
      samples.every(({ value }) => Number.isFinite(value)),
      name,
    );
  }
});
