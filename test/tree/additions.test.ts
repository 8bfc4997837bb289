import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { startServer } from '../fixtures/server.js';
import { TaskAccount } from '../fixtures/task-account.js';

t.setTimeout(180_000 * PATIENCE);

const ROOT = resolve(import.meta.dirname, '../../..');
const MOST_FILES = 3;
const PASSWORD = 'password123';

/** Text that is inserted before a text which occurs once in its file. */
interface Insertion {
  readonly file: string;
  readonly before: string;
  readonly text: string;
}

const OPTION_OF_A_TASK: readonly Insertion[] = [
  {
    file: 'domain/tasks/task/definition.ts',
    before: 'timeoutSeconds: z.number()',
    text: 'team: z.string().max(64).optional(),\n',
  },
  {
    file: 'src/surfaces/tasks/task-contract.ts',
    before: 'start_within_seconds: seconds(',
    text: "team: text(64).meta({ description: 'Team that owns the task' }),\n",
  },
  {
    file: 'src/surfaces/tasks/definition.ts',
    before: 'timeoutSeconds: body.timeout_seconds',
    text: '...(body.team !== undefined && { team: body.team }),\n',
  },
  {
    file: 'src/surfaces/tasks/definition.ts',
    before: 'timeout_seconds: rest.timeoutSeconds',
    text: '...(rest.team !== undefined && { team: rest.team }),\n',
  },
];

const SETTING_OF_AN_AGENT: readonly Insertion[] = [
  {
    file: 'agents/runner/settings.ts',
    before: 'taskProcesses: setting(',
    text: "rack: setting('MUSTER_RACK', z.string().max(64).default('none'), 'rack of the node'),\n",
  },
  {
    file: 'agents/drivers/exec/exec-driver.ts',
    before: "'logBounds' | 'taskDisk'",
    text: "'rack' | ",
  },
  {
    file: 'agents/drivers/exec/exec-driver.ts',
    before: "'exec.namespaces':",
    text: "'exec.rack': this.#options.settings.rack,\n",
  },
];

/** Copies the sources and the compiler's settings, but no compiled files. */
function copyTree(folder: string): void {
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).split('\0');
  const needed = /^(agents|console|domain|openapi|projections|src|tools)\/|^[^/]+\.json$/;
  for (const file of files.filter((each) => needed.test(each)))
    cpSync(join(ROOT, file), join(folder, file), { recursive: true });
  for (const made of ['console/generated', 'src/cli/generated', 'domain/tasks/schedule/generated'])
    cpSync(join(ROOT, made), join(folder, made), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
}

function insert(folder: string, insertions: readonly Insertion[]): number {
  for (const { file, before, text } of insertions) {
    const path = join(folder, file);
    const parts = readFileSync(path, 'utf8').split(before);
    if (parts.length !== 2) throw new Error(`${file}: "${before}" occurs ${parts.length - 1} times`);
    writeFileSync(path, parts.join(text + before));
  }
  return new Set(insertions.map(({ file }) => file)).size;
}

void t.test(
  'one more option of a task, and one more setting of an agent, touch at most three files',
  async (t) => {
    const folder = t.testdir();
    copyTree(folder);
    for (const [what, insertions] of Object.entries({ OPTION_OF_A_TASK, SETTING_OF_AN_AGENT })) {
      const files = insert(folder, insertions);
      t.ok(files <= MOST_FILES, `${what}: ${files} files`);
    }
    for (const step of [['node_modules/typescript-7/bin/tsc', '-b', 'src'], ['tools/bundle.js']])
      execFileSync(process.execPath, step, { cwd: folder, stdio: ['ignore', 2, 2] });
    const server = await startServer(t, {
      main: join(folder, 'bundle/src/cli/main.js'),
      env: { MUSTER_EMBEDDED_AGENT: 'true', MUSTER_RACK: 'r7', MUSTER_ADMIN_PASSWORD: PASSWORD },
    });
    const account = await TaskAccount.logIn(server.api, 'admin', PASSWORD);
    const task = await account.create({
      name: 'nightly',
      executor: 'shell',
      command: 'true',
      team: 'storage',
    });
    t.match(await account.task(task.id), { team: 'storage' });
    t.equal(
      (await account.call('post', '/api/tasks', { name: 'x', executor: 'shell', command: 'true', team: 7 }))
        .status,
      400,
    );
    await eventually(
      async () => (await server.api.nodes()).some(({ attributes }) => attributes?.['exec.rack'] === 'r7'),
      { timeout: 60_000, what: 'the attribute of the node' },
    );
  },
);
