import { execFile } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { canBeOthers } from '../fixtures/other-user.js';
import { required } from '../fixtures/requirement.js';
import { ownFolder } from '../fixtures/folder.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(300_000 * PATIENCE);

const PAGE = 'docs/flows/environment-tasks.md';
const [SERVER = '', CALLS = ''] = [...readFileSync(PAGE, 'utf8').matchAll(/^```sh\n([^]*?)^```/gm)].map(
  ([, block = '']) => block,
);

void t.test(
  'the example of tasks in environments runs as written, without a reachable channel or index',
  async (t) => {
    if (!required(t, canBeOthers(), 'root, and setpriv')) return;
    const settings = Object.fromEntries(
      [...SERVER.matchAll(/(MUSTER_\w+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]),
    );
    t.match(settings, { MUSTER_ADMIN_PASSWORD: /.{8}/, MUSTER_EMBEDDED_AGENT: 'true' });
    const folder = ownFolder(t);
    // Runs start as another user, who must be able to enter this folder.
    chmodSync(folder, 0o711);
    const nowhere = {
      MUSTER_CONDA_CHANNELS: 'http://127.0.0.1:1/nothing',
      MUSTER_CONDA_PIP_INDEX: 'http://127.0.0.1:1/simple',
      MUSTER_CONDA_BACKEND: 'venv',
    };
    // The path has only folders with programs that other users may execute.
    const PATH = `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`;
    const server = await startServer(t, {
      dataDir: join(folder, 'data'),
      env: { ...settings, ...nowhere, PATH },
    });
    await eventually(async () => (await server.api.nodes()).some(({ healthy }) => healthy), {
      timeout: 120_000,
      what: 'the local agent',
    });
    const run = async (line: string): Promise<string> => {
      const words = line.replaceAll('http://127.0.0.1:8080', server.url);
      return (await promisify(execFile)('/bin/sh', ['-ec', words], { cwd: folder, timeout: 120_000 })).stdout;
    };
    const lines = CALLS.split('\n').filter((line) => line.startsWith('curl '));
    t.equal(lines.length, 5);
    const [login = '', environment = '', task = '', shown = '', stats = ''] = lines;
    t.match(await run(login), /"message"/);
    t.match(await run(environment), /Environment created successfully/);
    t.match(await run(task), /Task scheduled successfully/);
    const ended = await eventually(
      async () => {
        const said = await run(shown);
        return said.includes('"completed"') ? said : undefined;
      },
      { timeout: 60_000, what: 'the completion of the task' },
    );
    t.match(JSON.parse(ended), { latest_execution: { logs: '42\n', exit_code: 0, generation: 1 } });
    t.match(JSON.parse(await run(stats)), { total: 1, completed: 1, success_rate: 100 });
  },
);
