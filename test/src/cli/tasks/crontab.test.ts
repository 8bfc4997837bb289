import { execFileSync } from 'node:child_process';
import t from 'tap';
import { readCrontab } from '#src/cli/tasks/crontab.js';

const read = (text: string, isSystem = false) => readCrontab(text, { isSystem, timezone: 'Europe/Berlin' });

void t.test('a user crontab becomes tasks, with the variables above each entry', (t) => {
  const { tasks, notes, problems } = read(
    'PATH=/usr/bin:/bin\n  # comment\n17 *\t* * *  /usr/local/bin/backup /srv/data\nA = " b c "\nSHELL=/bin/bash\nCRON_TZ=Asia/Tokyo\n@daily backup.sh\n',
  );
  t.same([notes, problems], [[], []]);
  t.same(tasks, [
    {
      line: 3,
      body: {
        name: 'backup-data',
        executor: 'shell',
        command: '/usr/local/bin/backup /srv/data',
        schedule: '17 * * * *',
        timezone: 'Europe/Berlin',
        environment: { PATH: '/usr/bin:/bin' },
      },
    },
    {
      line: 7,
      body: {
        name: 'backup.sh',
        executor: 'shell',
        command: '#!/bin/bash\nbackup.sh',
        schedule: '@daily',
        timezone: 'Asia/Tokyo',
        environment: { PATH: '/usr/bin:/bin', A: ' b c ' },
      },
    },
  ]);
  t.end();
});

void t.test('the system form names users, which are not taken', (t) => {
  const { tasks, notes, problems } = read('MAILTO=ops\n0 3 * * * root run-parts /etc/cron.daily\n', true);
  t.same(problems, []);
  t.match(notes, [
    { line: 1, text: /MAILTO is not taken/ },
    { line: 2, text: /the user root is not taken/ },
  ]);
  t.match(tasks, [{ body: { command: 'run-parts /etc/cron.daily', name: 'run-parts-cron.daily' } }]);
  t.end();
});

void t.test('all entries that cannot be taken are named', (t) => {
  const { problems } = read('@reboot warm-cache\n0 3 * * *\nnonsense\n0 3 * * * root true\n');
  t.match(problems, [
    { line: 1, text: /@reboot is not supported/ },
    { line: 2, text: /must be five times and a command/ },
    { line: 3, text: /must be five times/ },
    { line: 4, text: /pass --system/ },
  ]);
  t.end();
});

void t.test('% separates the command from its input, as in cron', (t) => {
  const [task] = read(
    String.raw`0 0 * * * cat; date +\%Y >/dev/null%one%two 'quoted' $HOME%CRON_INPUT`,
  ).tasks;
  t.match(task?.body.command, 'date +%Y');
  const output = execFileSync('/bin/sh', ['-c', task?.body.command ?? ''], { encoding: 'utf8' });
  t.equal(output, "one\ntwo 'quoted' $HOME\nCRON_INPUT\n");
  t.end();
});

void t.test('names are unique and plain', (t) => {
  const { tasks } = read('0 0 * * * a b\n0 1 * * * a b\n0 2 * * * [ -x /a ] && b\n0 3 * * * "$X" %\n');
  t.same(
    tasks.map(({ body }) => body.name),
    ['a-b', 'a-b-2', 'x', 'X'],
  );
  t.end();
});
