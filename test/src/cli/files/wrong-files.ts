/** A wrong file, the commands that read it, and what they must say, `FILE` being its path. */
export interface WrongFile {
  readonly of: keyof typeof COMMANDS;
  readonly name: string;
  readonly text: string | Buffer;
  readonly says: readonly (string | RegExp)[];
}

/** Commands by what they read. `FILE` is replaced. */
export const COMMANDS = {
  job: ['job validate FILE', 'job run FILE', 'job plan FILE'],
  task: ['task create -f FILE', 'task apply -f FILE --yes'],
  service: ['service create web --type web -f FILE'],
  env: ['env create analysis -f FILE'],
  template: ['template put FILE'],
  serviceTemplate: ['service template add FILE'],
} as const;

const JOB = 'job_id: web\ntask_groups:\n- name: g\n  tasks:\n  - name: t\n    config: {command: date}\n';
const TASK = 'name: a\nexecutor: shell\ncommand: date\n';
const COMPOSE = 'services:\n  db:\n    image: postgres:17\n    ports: ["5432:5432"]\n';
const CRONTAB =
  'MAILTO=ops\nPATH=/usr/bin:/bin\n17 *\t* * *\troot\trun-parts /etc/cron.hourly\n@reboot root /usr/local/sbin/warm\n';
export const EXPLICIT =
  '# platform: linux-64\n@EXPLICIT\nhttps://conda.example.org/linux-64/python-3.12.1-0.conda\n';
const CONDA_LOCK =
  'version: 1\nmetadata:\n  channels: []\npackage:\n- name: python\n  version: 3.12.1\n  manager: conda\n';
const PIXI_LOCK =
  'version: 6\nenvironments:\n  default:\n    channels: []\npackages:\n- conda: https://conda.example.org/a.conda\n';
const REQUIREMENTS = '# pinned\nnumpy==2.1.0\nrequests[socks]>=2.31 ; python_version > "3.8"\n-r more.txt\n';
const NOMAD =
  'job "web" {\n  group "g" {\n    task "t" {\n      driver = "exec"\n      config {\n        command = "/bin/date"\n      }\n    }\n  }\n}\n';
const THREE = `job_id: three
task_groups:
  - name: g
    count: "2"
    tasks:
      - name: t
        config: { comand: date }
        resources: { cpu: 0.5, memory: 512Mi }
`;

const jobs: WrongFile[] = [
  {
    of: 'job',
    name: 'three.yaml',
    text: THREE,
    says: [
      'FILE:4:5: task_groups[0].count: must be a number, not "2"',
      'FILE:7:19: task_groups[0].tasks[0].config.comand: is not a known key; did you mean command?',
      'FILE:8:22: task_groups[0].tasks[0].resources.cpu: must be a whole number, not 0.5',
      'FILE:8:32: task_groups[0].tasks[0].resources.memory: must be a number, not "512Mi"',
    ],
  },
  {
    of: 'job',
    name: 'key.yaml',
    text: JOB.replace('task_groups', 'task_group'),
    says: ['FILE:2:1: task_group: is not a known key; did you mean task_groups?'],
  },
  {
    of: 'job',
    name: 'key-and-below.yaml',
    text: JOB.replace('task_groups', 'taskgroups').replace('command: date', 'command: 1.5.2, portt: 80'),
    says: [
      'FILE:2:1: taskgroups: is not a known key; did you mean task_groups?',
      /portt: is not a known key; did you mean port\?/,
    ],
  },
  {
    of: 'job',
    name: 'word.yaml',
    text: `${JOB}  restart: {attempts: 2, mode: dely}\n  lost: replac\n`,
    says: [
      'FILE:7:26: task_groups[0].restart.mode: must be one of fail, delay; did you mean delay?',
      'FILE:8:3: task_groups[0].lost: must be one of replace, fail; did you mean replace?',
    ],
  },
  {
    of: 'job',
    name: 'missing.yaml',
    text: 'job_id: web\ntask_groups:\n- tasks:\n  - config: {command: date}\n',
    says: ['task_groups[0].name: is missing', 'task_groups[0].tasks[0].name: is missing'],
  },
  {
    of: 'job',
    name: 'compact.json',
    text: '{"job_id": "web", "task_groups": [{"name": "g", "cuont": 2, "tasks": [{"name": "t", "config": {"image": 5}, "user": []}]}]}',
    says: [
      'FILE:1:49: task_groups[0].cuont: is not a known key; did you mean count?',
      /FILE:1:\d+: task_groups\[0\]\.tasks\[0\]\.user: must be a text, not a list/,
    ],
  },
  {
    of: 'job',
    name: 'list.yaml',
    text: '- 1\n- 2\n',
    says: ['FILE:1:1: must be a map of fields, not a list'],
  },
  { of: 'job', name: 'text.yaml', text: 'web\n', says: ['must be a map of fields, not "web"'] },
  { of: 'job', name: 'null.yaml', text: '# nothing but a comment\n', says: ['FILE'] },
  { of: 'job', name: 'empty.yaml', text: '', says: ['FILE: is empty'] },
  { of: 'job', name: 'blank.json', text: ' \n\n', says: ['FILE: is empty'] },
  {
    of: 'job',
    name: 'quote.yaml',
    text: 'job_id: "web\n',
    says: ['FILE is not JSON or YAML', /FILE:\d+:\d+: a quote is not closed/],
  },
  {
    of: 'job',
    name: 'alias.yaml',
    text: 'job_id: *\nuser: `me`\n',
    says: [
      'FILE:1:9: a text that begins with * needs quotes',
      'FILE:2:7: a text that begins with ` needs quotes',
    ],
  },
  {
    of: 'job',
    name: 'anchor.yaml',
    text: 'job_id: *web\n',
    says: ['FILE:1:9: no anchor &web comes before it'],
  },
  {
    of: 'job',
    name: 'tab.yaml',
    text: 'task_groups:\n\t- name: g\n',
    says: ['FILE:2:1: is indented with a tab: use spaces'],
  },
  {
    of: 'job',
    name: 'twice.yaml',
    text: 'job_id: a\njob_id: b\npriority: 1\npriority: 2\n',
    says: ['FILE:2:1: duplicate key job_id', 'FILE:4:1: duplicate key priority'],
  },
  { of: 'job', name: 'colon.yaml', text: 'job_id: a: b\n', says: [/FILE:1:\d+: second ": " on a line/] },
  {
    of: 'job',
    name: 'bracket.yaml',
    text: 'job_id: a\ntask_groups: [1, 2\n',
    says: [/FILE:\d+:\d+: .*bracket/],
  },
  { of: 'job', name: 'comma.json', text: '{"job_id": "a" "priority": 1}', says: [/FILE:1:\d+: /] },
  { of: 'job', name: 'tag.yaml', text: 'job_id: !Ref web\n', says: ['FILE:1:9: unknown tag'] },
  { of: 'job', name: 'escape.yaml', text: 'job_id: "\\q"\n', says: [/FILE:1:\d+: unknown escape/] },
  { of: 'job', name: 'two.yaml', text: `${JOB}---\n${JOB}`, says: [/FILE:7:\d+: has several documents/] },
  {
    of: 'job',
    name: 'bomb.yaml',
    text: `a: &a [${'x, '.repeat(20)}x]\nb: &b [${'*a, '.repeat(20)}*a]\nc: &c [${'*b, '.repeat(20)}*b]\nd: [${'*c, '.repeat(20)}*c]\n`,
    says: ['its aliases (*name) expand to far more than the text'],
  },
  { of: 'job', name: 'merge.yaml', text: 'job_id: a\n<<: 5\n', says: ['<< must refer to a map'] },
  {
    of: 'job',
    name: 'utf16.yaml',
    text: Buffer.from(`\ufeff${JOB}`, 'utf16le'),
    says: ['FILE: is UTF-16; save it as UTF-8'],
  },
  {
    of: 'job',
    name: 'latin1.yaml',
    text: Buffer.from('job_id: a\n# Grüße\n', 'latin1'),
    says: ['FILE:2: has characters that are not UTF-8; save it as UTF-8'],
  },
  {
    of: 'job',
    name: 'binary',
    text: Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0]),
    says: ['FILE: is not a text'],
  },
  {
    of: 'job',
    name: 'task.yaml',
    text: TASK,
    says: ['FILE: this is a task: use: muster task create -f FILE'],
  },
  {
    of: 'job',
    name: 'tasks.yaml',
    text: `- {name: a, executor: shell, command: date}\n`,
    says: ['this is a task'],
  },
  { of: 'job', name: 'docker-compose.yml', text: COMPOSE, says: ['this is a file of Docker Compose'] },
  { of: 'job', name: 'crontab', text: CRONTAB, says: ['this is a crontab: use: muster task import FILE'] },
  {
    of: 'job',
    name: 'environment.yml',
    text: 'name: a\ndependencies:\n- python\n',
    says: ['this is a conda environment: use: muster env create'],
  },
  { of: 'job', name: 'Dockerfile', text: 'FROM debian:13\nRUN true\n', says: ['this is a Dockerfile'] },
  {
    of: 'job',
    name: 'pod.yaml',
    text: 'apiVersion: v1\nkind: Pod\nspec: {}\n',
    says: ['this is a manifest of Kubernetes'],
  },
  { of: 'job', name: 'ci.yml', text: 'on: push\njobs: {}\n', says: ['this is a workflow of GitHub'] },
  {
    of: 'job',
    name: 'backup.sh',
    text: '#!/bin/sh\ndate\n',
    says: ['this is a script: use: muster task create --name NAME -- FILE'],
  },
  { of: 'job', name: 'page.html', text: '<html></html>\n', says: ['this is an XML or HTML file'] },
  {
    of: 'job',
    name: 'a.service',
    text: '[Service]\nExecStart=/bin/true\n',
    says: ['this is a unit of systemd'],
  },
  {
    of: 'job',
    name: 'web.nomad',
    text: NOMAD.replace('driver =', 'drivr =').replace('command =', 'comand ='),
    says: [/FILE:4:7: .*drivr/, /FILE:6:9: .*comand/],
  },
  { of: 'job', name: 'open.nomad', text: NOMAD.slice(0, -4), says: [/FILE:\d+:\d+: /] },
  { of: 'job', name: 'empty.nomad', text: '', says: ['FILE: is empty'] },
  { of: 'job', name: 'pattern.yaml', text: JOB.replace('web', '"-web"'), says: [/FILE:1:1: job_id: must/] },
  {
    of: 'job',
    name: 'constraint.yaml',
    text: `${JOB}constraints:\n  kernel: {operator: regex, value: "["}\n`,
    says: [/FILE: constraints.*kernel/],
  },
];

const tasks: WrongFile[] = [
  {
    of: 'task',
    name: 'word.yaml',
    text: 'name: a\nexecutor: shel\ncomand: date\nretry_count: many\nschedule: "61 * * * *"\n',
    says: [
      'FILE:2:1: executor: must be one of shell, http, python; did you mean shell? (task a)',
      'FILE:3:1: comand: is not a known key; did you mean command? (task a)',
      'FILE:4:1: retry_count: must be a number, not "many" (task a)',
      /FILE:5:1: schedule: /,
    ],
  },
  {
    of: 'task',
    name: 'list.yaml',
    text: '- {name: a, executor: shell, command: date}\n- {name: b, executor: shell, comand: date}\n- {name: a, executor: http}\n',
    says: [
      'FILE:2:30: comand: is not a known key; did you mean command? (task b)',
      /FILE:3:\d+: url: is missing \(task a\)/,
      'task a is already defined in FILE',
    ],
  },
  {
    of: 'task',
    name: 'documents.yaml',
    text: '---\nname: a\nexecutor: shell\n---\nname: b\ncommand: date\n',
    says: [/FILE:2:1: command: is missing \(task a\)/, /FILE:5:1: executor: is missing.*shell.*\(task b\)/],
  },
  { of: 'task', name: 'job.yaml', text: JOB, says: ['this is a job: use: muster job run FILE'] },
  { of: 'task', name: 'web.nomad', text: NOMAD, says: ['this is a Nomad job: use: muster job run FILE'] },
  { of: 'task', name: 'crontab', text: CRONTAB, says: ['this is a crontab: use: muster task import FILE'] },
  { of: 'task', name: 'empty.yaml', text: '', says: ['FILE: is empty'] },
  { of: 'task', name: 'compose.yaml', text: COMPOSE, says: ['this is a file of Docker Compose'] },
];

const others: WrongFile[] = [
  {
    of: 'service',
    name: 'config.yaml',
    text: 'imag: nginx:1.27\nports: [http]\nenvironment: [A=b]\n',
    says: [
      'FILE:1:1: imag: is not a known key; did you mean image?',
      /FILE:2:\d+: ports\[0\]: must be a number, not "http"/,
      'FILE:3:1: environment: must be a map of fields, not a list',
    ],
  },
  { of: 'service', name: 'job.yaml', text: JOB, says: ['this is a job'] },
  { of: 'service', name: 'compose.yaml', text: COMPOSE, says: ['this is a file of Docker Compose'] },
  {
    of: 'env',
    name: 'environment.yml',
    text: 'name: a\nchanels: [conda-forge]\ndependencies:\n- python\n- 5\n- pipp: [requests]\n',
    says: [
      'FILE:2:1: chanels: is not a known key; did you mean channels?',
      /FILE:5:3: dependencies\[1\]: must be/,
      /FILE:6:3: dependencies\[2\]/,
    ],
  },
  { of: 'env', name: 'lock.yml', text: CONDA_LOCK, says: ['this is a conda-lock file'] },
  { of: 'env', name: 'pixi.lock', text: PIXI_LOCK, says: ['this is a pixi.lock'] },
  { of: 'env', name: 'pixi.toml', text: '[project]\nname = "a"\n', says: ['this is a TOML file'] },
  {
    of: 'env',
    name: 'requirements.txt',
    text: REQUIREMENTS,
    says: ['this is a list of requirements for pip'],
  },
  {
    of: 'job',
    name: 'explicit.txt',
    text: EXPLICIT,
    says: ['this is an explicit list of conda', 'muster env create NAME -f FILE'],
  },
  {
    of: 'env',
    name: 'lock.json',
    text: '{"version": 2, "platform": "linux-64", "packages": [], "pip": []}',
    says: [/FILE:1:2: version: must be at most 1/, 'channels: is missing'],
  },
  { of: 'env', name: 'task.yaml', text: TASK, says: ['this is a task'] },
  {
    of: 'template',
    name: 'template.yaml',
    text: 'nme: web\ntask_groups: 5\n',
    says: [
      'FILE:1:1: nme: is not a known key; did you mean name?',
      'FILE:2:1: task_groups: must be a list, not 5',
    ],
  },
  {
    of: 'serviceTemplate',
    name: 'template.json',
    text: '{"name": "pg", "type": 5, "config": {}, "tag": []}',
    says: [
      'FILE:1:41: tag: is not a known key; did you mean tags?',
      /FILE:1:16: type: must be a text, not 5/,
    ],
  },
];

export const WRONG_FILES: readonly WrongFile[] = [...jobs, ...tasks, ...others];
