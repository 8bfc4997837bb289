import { spawnSync } from 'node:child_process';
import t from 'tap';
import { eventually } from '../fixtures/eventually.js';
import { job } from '../fixtures/jobs.js';
import { required } from '../fixtures/requirement.js';
import { startServer } from '../fixtures/server.js';

void t.test('promtool accepts the metrics of a server with a job, without warnings', async (t) => {
  const present = spawnSync('promtool', ['--version']).status === 0;
  if (!required(t, present, 'promtool (in Debian: package prometheus)')) return;
  const { api } = await startServer(t);
  await api.post('/register', {
    node_id: 'n1',
    ip_address: '127.0.0.1',
    resources: { cpu: 1000, memory: 1000 },
  });
  await api.submit(job('waits', { cpu: 1_000_000 }));
  const text = await eventually(
    async () => {
      const { text } = await api.get('/metrics');
      return /^muster_jobs_blocked\{.*\} 1$/m.test(text) ? text : undefined;
    },
    { what: 'a blocked job in the metrics' },
  );
  const check = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
  t.same([check.error, check.status, check.stderr], [undefined, 0, '']);
});
