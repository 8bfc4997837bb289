import { execFile } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(300_000);

const PAGE = 'docs/flows/environment-tasks.md';
const [SERVER = '', CALLS = ''] = [...readFileSync(PAGE, 'utf8').matchAll(/^```sh\n([^]*?)^```/gm)].map(
  ([, block = '']) => block,
);

void t.test(
  'the example of tasks in environments runs as it stands there, with no channel and no index that could be reached',
  async (t) => {
    const settings = Object.fromEntries(
      [...SERVER.matchAll(/(MUSTER_\w+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]),
    );
    t.match(settings, { MUSTER_ADMIN_PASSWORD: /.{8}/, MUSTER_EMBEDDED_AGENT: 'true' });
    const folder = ownFolder(t);
    // Runs are another user's.
    chmodSync(folder, 0o711);
    const nowhere = {
      MUSTER_CONDA_CHANNELS: 'http://127.0.0.1:1/nothing',
      MUSTER_CONDA_PIP_INDEX: 'http://127.0.0.1:1/simple',
      MUSTER_CONDA_BACKEND: 'venv',
    };
    // What other users may run.
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
      { timeout: 60_000, what: 'a task that is completed' },
    );
    t.match(JSON.parse(ended), { latest_execution: { logs: '42\n', exit_code: 0, generation: 1 } });
    t.match(JSON.parse(await run(stats)), { total: 1, completed: 1, success_rate: 100 });
  },
);
