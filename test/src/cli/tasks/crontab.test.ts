import { execFileSync } from 'node:child_process';
import t from 'tap';
import { readCrontab } from '#src/cli/tasks/crontab.js';

const read = (text: string, isSystem = false) => readCrontab(text, { isSystem, timezone: 'Europe/Berlin' });

const AS_CRON = { concurrency: 'allow', misfire: 'skip', timeout_seconds: 604_800 } as const;

void t.test('a user crontab becomes tasks, with the variables above each entry', (t) => {
  const { tasks, notes, problems } = read(
    'PATH=/usr/bin:/bin\n  # comment\n17 *\t* * *  /usr/local/bin/backup /srv/data\nA = " b c "\nSHELL=/bin/bash\nCRON_TZ=Asia/Tokyo\n@daily backup.sh\n',
  );
  t.same(problems, []);
  t.match(notes, [
    { line: 3, text: /runs in an empty folder .*set HOME above it/ },
    { line: 7, text: /runs in an empty folder/ },
  ]);
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
        ...AS_CRON,
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
        ...AS_CRON,
      },
    },
  ]);
  t.end();
});

void t.test(
  'a task means what cron means: its directory, no limit of an hour, overlap and no catching up',
  (t) => {
    const crontab = '0 1 * * * first\nHOME=/srv/app\n0 2 * * * ./second\nHOME="rel"\n0 3 * * * third\n';
    const { tasks, notes } = read(crontab);
    t.strictSame(
      tasks.map(({ body }) => [body.working_directory, body.timeout_seconds, body.concurrency, body.misfire]),
      [
        [undefined, 604_800, 'allow', 'skip'],
        ['/srv/app', 604_800, 'allow', 'skip'],
        [undefined, 604_800, 'allow', 'skip'],
      ],
    );
    t.match(notes, [
      { line: 1, text: /empty folder/ },
      { line: 3, text: /runs in \/srv\/app, which the user of your tenant must be able to enter/ },
      { line: 4, text: /HOME is not an absolute path/ },
      { line: 5, text: /empty folder/ },
    ]);
    const limited = readCrontab(crontab, { isSystem: false, timezone: 'UTC', timeoutSeconds: 60 });
    t.match(limited.tasks, [{ body: { timeout_seconds: 60 } }, {}, {}]);
    t.end();
  },
);

void t.test('the system form names users, which are not taken', (t) => {
  const { tasks, notes, problems } = read('MAILTO=ops\n0 3 * * * root run-parts /etc/cron.daily\n', true);
  t.same(problems, []);
  t.match(notes, [
    { line: 1, text: /MAILTO is not taken/ },
    { line: 2, text: /the user root is not taken/ },
    { line: 2, text: /empty folder/ },
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
