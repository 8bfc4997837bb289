import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { containerScene } from '../fixtures/container-scene.js';
import { PATIENCE } from '../fixtures/eventually.js';

const folder = resolve(import.meta.dirname, '../../../examples');
/** Final states other than complete. `shop` fails on any node but `n1`, which docs/what-happened.md explains. */
const OUTCOMES: Readonly<Record<string, string>> = { rollout: 'running', web: 'running', shop: 'failed' };

t.setTimeout(300_000 * PATIENCE);

void t.test('every example job is placed on an ordinary node and runs unchanged', async (t) => {
  const scene = await containerScene(t, {
    images: {
      'busybox:latest': [],
      'nginx:alpine': ['EXPOSE 80/tcp', 'CMD ["sh", "-c", "while :; do sleep 1; done"]'],
    },
  });
  if (scene === undefined) return;
  const { server } = scene;
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
    const job = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { job_id: string };
    t.equal((await server.api.submit(job)).job_id, job.job_id);
    const outcome = OUTCOMES[job.job_id] ?? 'complete';
    await server.api.jobIs(job.job_id, outcome);
    t.pass(`${file} is ${outcome}`);
  }
});
