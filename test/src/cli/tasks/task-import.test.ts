import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { ownFolder } from '../../../fixtures/folder.js';
import { muster } from '../../../fixtures/program.js';
import { tasksScene } from '../../surfaces/tasks/routes/scene.js';

void t.test('a crontab is shown with its next times, and created whole or not at all', async (t) => {
  const { api, root } = await tasksScene(t);
  await api.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = api.app.server.address() as AddressInfo;
  const env = {
    MUSTER_SERVER_URL: `http://127.0.0.1:${port}`,
    MUSTER_TOKEN: root['authorization']?.replace('Bearer ', '') ?? '',
  };
  const file = join(ownFolder(t), 'crontab');
  writeFileSync(file, 'MAILTO=ops\nCRON_TZ=Asia/Tokyo\n0 3 * * * backup /srv\n*/5 * * * * check\n');
  const shown = await muster(['task', 'import', file], env);
  t.equal(shown.code, 0, shown.stderr);
  t.match(shown.stderr, /crontab:1: MAILTO is not taken/);
  t.match(
    shown.stdout,
    /backup-srv\n +schedule +0 3 \* \* \* \(Asia\/Tokyo\)\n +command +backup \/srv\n +next +\d{4}-\d\d-\d\d 03:00, \d{4}-\d\d-\d\d 03:00, \d{4}-\d\d-\d\d 03:00\n/,
  );
  t.match(shown.stdout, /2 tasks to create; create with --apply/);
  t.match((await muster(['task', 'list', '-o', 'json'], env)).stdout, /^\[\]/);
  t.match(await muster(['task', 'import', file, '--apply'], env), { code: 0, stdout: /backup-srv[^]*check/ });

  writeFileSync(file, '0 3 * * * other\n0 4 * * * check\n');
  t.match(await muster(['task', 'import', file, '--apply'], env), {
    code: 1,
    stderr: /check: name: task check already exists\nno task was created/,
  });
  t.notMatch((await muster(['task', 'list', '-o', 'json'], env)).stdout, /"other"/);
});

void t.test('all mistakes of a crontab are told with their lines', async (t) => {
  const file = join(ownFolder(t), 'crontab');
  writeFileSync(file, '@reboot warm\n0 25 * * * a\n0 3 * * *\n');
  const { code, stderr } = await muster(['task', 'import', file]);
  t.equal(code, 1);
  t.match(stderr, /has 3 problems:\n.*crontab:1: @reboot is not supported/);
  t.match(stderr, /crontab:2: schedule: hour \(field 2, "25"\)/);
  t.match(stderr, /crontab:3: must be five times and a command/);
});
