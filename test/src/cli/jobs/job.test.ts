import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startAgent } from '../../../fixtures/agent.js';
import { eventually, PATIENCE } from '../../../fixtures/eventually.js';
import { group } from '../../../fixtures/jobs.js';
import { muster } from '../../../fixtures/program.js';
import { startServer } from '../../../fixtures/server.js';

t.setTimeout(300_000 * PATIENCE);

/** A group with many fields, none of which a change of its count may alter. */
const RICH = {
  ...group({
    name: 'web',
    command: 'echo started; exec sleep 3600',
    env: { NAME: 'a b' },
    constraints: [{ attribute: 'hostname', operator: '!=', value: 'elsewhere' }],
    restart: { attempts: 3, delay: 1, mode: 'delay', interval: 60 },
    reschedule: { attempts: 2, delay: 1, max_delay: 10 },
    killTimeout: 2,
  }),
  update: { max_parallel: 1, auto_revert: true },
};

void t.test('scales, deletes and explains jobs, and shows their allocations', async (t) => {
  const server = await startServer(t, {});
  await startAgent(t, server);
  const run = async (...args: string[]) => await muster(args, { MUSTER_SERVER_URL: server.url });
  const json = async <Body>(...args: string[]): Promise<Body> =>
    JSON.parse((await run(...args, '-o', 'json')).stdout) as Body;
  const file = join(t.testdir(), 'site.json');
  writeFileSync(file, JSON.stringify({ job_id: 'site', task_groups: [RICH, group({ name: 'other' })] }));
  t.match(await run('job', 'run', file), { code: 0 });

  t.match(await run('job', 'scale', 'site', '2'), {
    code: 1,
    stderr: /group.*is required, because the job has several: web, other/,
  });
  t.match(await run('job', 'scale', 'site', '2', '--group', 'wep'), {
    code: 1,
    stderr: /group.*must be one of web, other/,
  });
  t.match(await run('job', 'scale', 'sit', '2', '--group', 'web'), {
    code: 0,
    stdout: /Message +Group web is scaled to 2/,
  });
  const { versions } = await json<{ versions: { changes: { field: string }[] }[] }>(
    'job',
    'versions',
    'site',
  );
  t.equal(versions.length, 2);
  t.equal(versions[0]?.changes.length, 1, JSON.stringify(versions[0]));

  type Listed = { allocations: { allocation_id: string; job_id: string; status: string }[] };
  const listed = async (...more: string[]) => (await json<Listed>('alloc', 'list', ...more)).allocations;
  await eventually(async () => (await listed('--status', 'running')).length === 3, {
    timeout: 60_000,
    what: 'three running allocations',
  });
  t.equal((await listed('--job', 'site')).length, 3);
  const node = (await server.api.nodes())[0]!.node_id;
  t.equal((await listed('--node', node)).length, 3);
  t.match(await run('alloc', 'list', '--node', 'nowhere'), { code: 1, stderr: /no such node: nowhere/ });
  t.match((await run('alloc', 'list')).stdout, /^ALLOCATION +JOB +GROUP +NODE +STATUS/);
  const [first] = await listed();
  const short = first!.allocation_id.slice(0, 8);
  t.match(await run('alloc', 'status', short), {
    code: 0,
    stdout: new RegExp(`Allocation +${first!.allocation_id}\nJob +site\nGroup +web[^]*\nmain +running`),
  });
  await eventually(async () => (await run('alloc', 'logs', short)).stdout.includes('started'), {
    timeout: 30_000,
    what: 'the log of the allocation',
  });
  t.match(await run('alloc', 'status', 'nothing'), { code: 1, stderr: /no such allocation: nothing/ });

  t.match((await run('job', 'history', 'sit')).stdout, /submitted[^]*updated/i);
  t.match(await run('job', 'delete', 'site'), { code: 1, stderr: 'not a terminal: pass --yes' });
  t.match(await run('job', 'delete', 'sit', '--yes'), {
    code: 0,
    stdout: /Job +site\nMessage +stopped and deleted; its history is kept/,
  });
  t.match(await run('job', 'status', 'site'), { code: 1, stderr: /no such job/ });
  t.match((await run('job', 'history', 'site')).stdout, /deleted/i);
  t.match(await run('job', 'history', 'never'), { code: 1, stderr: /no such job: never/ });
});
