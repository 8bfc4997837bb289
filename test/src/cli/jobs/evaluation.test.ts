import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startAgent } from '../../../fixtures/agent.js';
import { eventually, PATIENCE } from '../../../fixtures/eventually.js';
import { job } from '../../../fixtures/jobs.js';
import { MUSTER, muster, runToEnd } from '../../../fixtures/program.js';
import { startServer } from '../../../fixtures/server.js';

const PASSWORD = 'first-password-of-all';

t.setTimeout(300_000 * PATIENCE);

void t.test('lists evaluations, newest first, and what nodes use', async (t) => {
  const server = await startServer(t, {
    env: { MUSTER_ADMIN_USERNAME: 'root', MUSTER_ADMIN_PASSWORD: PASSWORD },
  });
  await startAgent(t, server);
  const run = async (...args: string[]) => await muster(args, { MUSTER_SERVER_URL: server.url });
  const submit = async (name: string, cpu: number) => {
    const file = join(t.testdirName, `${name}.json`);
    writeFileSync(file, JSON.stringify(job(name, { cpu })));
    return await run('job', 'run', file);
  };
  t.testdir();
  t.match(await submit('fits', 100), { code: 0 });
  t.match(await submit('huge', 10_000_000), { code: 2 });

  type Listed = { evaluations: { evaluation_id: string; job_id: string; status: string }[] };
  const listed = async (...args: string[]) =>
    (JSON.parse((await run('eval', 'list', ...args, '-o', 'json')).stdout) as Listed).evaluations;
  const all = await listed();
  t.match(all, [
    { job_id: 'huge', status: 'blocked' },
    { job_id: 'fits', status: 'complete' },
  ]);
  t.equal(new Set(all.map(({ evaluation_id: id }) => id)).size, all.length, 'each evaluation once');
  t.match(await run('eval', 'status', all[1]!.evaluation_id), { code: 0, stdout: /Job +fits/ });
  t.match(await listed('--status', 'blocked'), [{ job_id: 'huge' }]);
  t.match(await listed('--job', 'fits', '--since', '1h'), [{ job_id: 'fits' }]);
  t.match(await run('eval', 'list', '--limit', '1'), {
    stdout: /^EVALUATION +JOB +STATUS +DECIDED +TRIGGERS\n[\da-f-]{36} +huge +blocked +\S+Z +job-submitted$/,
    stderr: /There are more/,
  });

  // The first measurement is taken after half a minute, and requested amounts are known at once.
  await eventually(
    async () => /fits +main +\S+ +(-|\d+)\/100 +(-|\d+)\/32$/m.test((await run('top', 'allocations')).stdout),
    { timeout: 60_000 * PATIENCE },
  );

  // Measurements of nodes are of the GPU surface, which only accounts may read.
  t.match(await run('top', 'nodes'), { code: 1, stderr: /Log in: muster login/ });
  const env = { MUSTER_SERVER_URL: server.url, XDG_CONFIG_HOME: t.testdirName };
  const login = [MUSTER, 'login', 'root'];
  t.match(await runToEnd({ command: process.execPath, args: login, env, input: `${PASSWORD}\n` }), {
    code: 0,
  });
  t.match(await muster(['top', 'nodes'], env), {
    code: 0,
    stdout:
      /^NODE +HOST +STATUS +CPU +MEMORY +GPUS +CPU ALLOCATED +MEMORY ALLOCATED\n\S+ +\S+ +ready +\d+% +\d+% +\S+ +100\/\d+ +32\/\d+$/,
  });
});
