import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder, processesUnder } from '../fixtures/folder.js';

const INTERRUPTION = pathToFileURL(join(import.meta.dirname, 'interruption.js')).href;

void t.test(
  'after Ctrl-C a run reports what had run, and ends its processes, also those that ignore signals',
  async (t) => {
    const folder = ownFolder(t);
    const ready = join(folder, 'ready');
    writeFileSync(
      join(folder, 'main.mjs'),
      `import { spawn } from 'node:child_process';
     import { endWithChildren } from ${JSON.stringify(INTERRUPTION)};
     endWithChildren(() => console.log('two of three files had run'));
     spawn('sh', ['-c', 'trap "" TERM INT; touch ${ready}; while :; do sleep 0.1; done'], { detached: true, stdio: 'ignore' });`,
    );
    const run = spawn(process.execPath, [join(folder, 'main.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    run.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
    await eventually(() => existsSync(ready), { what: 'a process that ignores signals' });
    const ended = once(run, 'close');
    run.kill('SIGINT');
    t.same(await ended, [130, null]);
    t.equal(printed, 'two of three files had run\n');
    await eventually(() => processesUnder(folder).length === 0, { what: 'the end of that process' });
  },
);
