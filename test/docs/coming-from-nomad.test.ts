import { readFileSync } from 'node:fs';
import t from 'tap';
import { readNomadJob } from '#src/cli/jobs/nomad-file.js';

void t.test('the job file of the page is the job that the page shows', async (t) => {
  const page = readFileSync('docs/coming-from-nomad.md', 'utf8');
  const [, hcl = ''] = /```hcl\n(.*?)```/s.exec(page) ?? [];
  const [, json = ''] = /```json\n(.*?)```/s.exec(page) ?? [];
  t.same(await readNomadJob(hcl, 'web.nomad.hcl'), JSON.parse(json));
});
