import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { group } from '../fixtures/jobs.js';
import { parsePrometheus, valueOf } from '../fixtures/prometheus-text.js';
import { required } from '../fixtures/requirement.js';
import { startServer } from '../fixtures/server.js';
import { ROOT } from './compose-file.js';

t.setTimeout(180_000 * PATIENCE);

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
}

const { panels } = JSON.parse(readFileSync(join(ROOT, 'deploy/grafana/muster.json'), 'utf8')) as Dashboard;
const targets = panels.flatMap(({ title, targets }) => targets.map((target) => ({ title, ...target })));

void t.test('every metric and label of the dashboard is exported by a server', async (t) => {
  // No agent sends heartbeats for the node.
  const server = await startServer(t, { env: { MUSTER_NODE_TIMEOUT_SECONDS: '600' } });
  await server.api.post('/register', {
    node_id: 'n1',
    ip_address: '127.0.0.1',
    resources: { cpu: 1000, memory: 1000 },
  });
  await server.api.post('/jobs', { job_id: 'fits', task_groups: [group({ cpu: 10 })] });
  const families = await eventually(
    async () => {
      const now = parsePrometheus((await server.api.get('/metrics')).text);
      return valueOf(now, 'muster_allocations', { status: 'pending' }) === 1 &&
        (now.get('muster_event_loop_utilization_ratio')?.samples.length ?? 0) > 0
        ? now
        : undefined;
    },
    { interval: 300, what: 'the metrics of an allocation and of the event loops' },
  );
  for (const { title, expr, legendFormat } of targets) {
    const names = [...expr.matchAll(/\b(?:muster|process)_\w+/g)].map(([name]) => name);
    t.not(names.length, 0, title);
    for (const name of names) {
      const family = families.get(name) ?? families.get(name.replace(/_(?:bucket|count|sum)$/, ''));
      t.ok(family, `${title}: ${name}`);
      // Prometheus itself adds `instance` and `job`.
      const asked = [
        ...expr.matchAll(/by \(([^)]*)\)/g),
        ...expr.matchAll(/\{(\w+)=/g),
        ...legendFormat.matchAll(/\{\{(\w+)\}\}/g),
      ]
        .flatMap(([, list = '']) => list.split(', '))
        .filter((label) => label !== 'instance' && label !== 'job');
      const there = new Set(family?.samples.flatMap(({ labels }) => Object.keys(labels)));
      if (family !== undefined && family.samples.length > 0)
        t.same(
          asked.filter((label) => !there.has(label)),
          [],
          `${title}: labels of ${name}`,
        );
    }
  }
});

void t.test('promtool accepts every expression of the dashboard', async (t) => {
  if (
    !required(
      t,
      spawnSync('promtool', ['--version']).status === 0,
      'promtool (in Debian: package prometheus)',
    )
  )
    return;
  const rules = targets.map(({ expr }, index) => ({
    record: `dashboard:panel:${index}`,
    expr: expr.replaceAll('$__rate_interval', '5m'),
  }));
  const file = join(t.testdir(), 'rules.yml');
  // JSON is valid YAML.
  writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
  const checked = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' });
  t.equal(checked.status, 0, checked.stderr + checked.stdout);
  t.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
});
