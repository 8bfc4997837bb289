import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ownFolder } from '../../../fixtures/folder.js';
import { muster } from '../../../fixtures/program.js';

const HCL = `job "web" {
  meta {
    owner = "ops"
  }
  group "app" {
    count = 2
    task "serve" {
      driver = "docker"
      config {
        image      = "nginx:1.27"
        privileged = true
      }
      template {
        data        = "x"
        destination = "local/x"
      }
      env { VERSION = "1.10" }
    }
  }
}
`;

await t.test('a Nomad job is printed as a valid job file, and what is left out is listed', async (t) => {
  const folder = ownFolder(t);
  const nomad = join(folder, 'web.nomad');
  writeFileSync(nomad, HCL);
  const { code, stdout, stderr } = await muster(['job', 'convert', nomad]);
  t.equal(code, 0, stderr);
  t.match(stdout, /^job_id: web\ntask_groups:\n/);
  t.match(stdout, /image: nginx:1\.27\n/);
  t.match(stdout, /VERSION: "1\.10"\n/);
  const lines = stderr.replaceAll(nomad, 'FILE').split('\n');
  t.match(lines, [
    'left out:',
    /^FILE:2:3: job\.web\.meta: is not supported/,
    /^FILE:11:9: .*privileged: is not allowed/,
    /^FILE:13:7: .*template: is not supported: nothing is downloaded or rendered/,
  ]);
  const own = join(folder, 'web.yaml');
  writeFileSync(own, stdout);
  t.match(await muster(['job', 'validate', own]), { code: 0, stdout: /app \(2\): serve/ });
});

await t.test('fields that change nothing are left out with a note, and others refused', async (t) => {
  const folder = ownFolder(t);
  const file = join(folder, 'web.nomad');
  writeFileSync(
    file,
    HCL.replace('privileged = true', 'labels { a = "b" }').replace(/ {6}template \{[^]*?\}\n/, ''),
  );
  const { code, stdout, stderr } = await muster(['job', 'validate', file, '-o', 'json']);
  t.equal(code, 0, stderr);
  t.match(JSON.parse(stdout), { job_id: 'web' });
  t.match(stderr.replaceAll(file, 'FILE').split('\n'), [
    'left out:',
    /^FILE:2:3: job\.web\.meta: is not supported: tasks get no NOMAD_META_… variables$/,
    /^FILE:11:9: .*config\.labels: is not supported/,
  ]);
  writeFileSync(file, HCL);
  const refused = await muster(['job', 'validate', file]);
  t.match(refused, { code: 1, stderr: /has 2 problems/ });
  t.notMatch(refused.stderr, /meta/);
});

await t.test('a file that is no Nomad job, or of which nothing remains, is refused', async (t) => {
  const file = join(ownFolder(t), 'job.yaml');
  writeFileSync(file, 'job_id: a\n');
  t.match(await muster(['job', 'convert', file]), { code: 1, stderr: /this is no Nomad job/ });
  writeFileSync(file, 'job "a" {\n');
  t.match(await muster(['job', 'convert', file]), { code: 1, stderr: /job\.yaml:\d+:\d+: / });
});
