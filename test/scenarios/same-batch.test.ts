import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { taken } from '../fixtures/api.js';
import { ownFolder } from '../fixtures/folder.js';
import { muster } from '../fixtures/program.js';
import { startServer } from '../fixtures/server.js';

const nomad = (word: string): string => `job "same-batch" {
  type = "batch"
  group "g" {
    task "t" {
      driver = "exec"
      config {
        command = "/bin/echo"
        args    = ["${word}"]
      }
    }
  }
}
`;

void t.test('the file of a job that is complete changes nothing when it is submitted again', async (t) => {
  const server = await startServer(t);
  await startAgent(t, server);
  const env = { MUSTER_SERVER_URL: server.url };
  const file = join(ownFolder(t), 'same-batch.nomad');
  const run = async () => await muster(['job', 'run', file, '--wait'], env);

  const versions = async (id: string): Promise<number> =>
    taken(await server.api.get<{ versions: unknown[] }>(`/jobs/${id}/versions`)).versions.length;

  writeFileSync(file, nomad('migrating'));
  t.equal((await run()).code, 0);
  await server.api.jobIs('same-batch', 'complete');
  t.match(await run(), { code: 0, stdout: /complete, and the file is unchanged: nothing to run/ });
  t.match(await muster(['job', 'plan', file], env), { code: 0, stdout: /no change: the job is complete/ });
  t.equal(await versions('same-batch'), 1, 'nothing was submitted');

  writeFileSync(file, nomad('migrating more'));
  t.equal((await run()).code, 0);
  t.equal(await versions('same-batch'), 2, 'a changed file runs');

  const own = join(ownFolder(t), 'own.json');
  const task = { name: 't', config: { command: 'true' } };
  writeFileSync(own, JSON.stringify({ job_id: 'own', task_groups: [{ name: 'g', tasks: [task] }] }));
  t.equal((await muster(['job', 'run', own, '--wait'], env)).code, 0);
  t.match(await muster(['job', 'run', own, '--wait'], env), {
    code: 0,
    stdout: /complete, and the file is unchanged: nothing to run[^]*muster job restart own/,
  });
  t.match(await muster(['job', 'plan', own], env), { code: 0, stdout: /no change: the job is complete/ });
  t.equal(await versions('own'), 1, 'the same holds for a file of Muster');
  t.equal((await muster(['job', 'restart', 'own'], env)).code, 0);
  await server.api.jobIs('own', 'complete');

  const more = (count: number): void =>
    writeFileSync(own, JSON.stringify({ job_id: 'own', task_groups: [{ name: 'g', count, tasks: [task] }] }));
  const ran = async (): Promise<number> =>
    taken(await server.api.get<{ allocations: unknown[] }>('/jobs/own')).allocations.length;
  const before = await ran();
  more(3);
  t.match(await muster(['job', 'plan', own], env), { code: 1, stdout: /would be updated/ });
  t.equal((await muster(['job', 'run', own, '--wait'], env)).code, 0);
  t.equal(await ran(), before + 2, 'a higher count runs only the additional instances');
  more(2);
  t.equal((await muster(['job', 'run', own, '--wait'], env)).code, 0);
  t.equal((await server.api.jobIs('own', 'complete')).status, 'complete');
  t.equal(await ran(), before + 2, 'a lower count runs nothing');

  const failing = join(ownFolder(t), 'failing.json');
  const fails = { name: 't', config: { command: 'false' } };
  const group = { name: 'g', restart: { attempts: 0 }, tasks: [fails] };
  writeFileSync(failing, JSON.stringify({ job_id: 'failing', task_groups: [group] }));
  for (let round = 0; round < 2; round += 1)
    t.not((await muster(['job', 'run', failing, '--wait'], env)).code, 0);
  t.equal(await versions('failing'), 2, 'a job that failed runs again');
});
