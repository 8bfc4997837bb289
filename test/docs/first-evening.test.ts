import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { MUSTER, Program } from '../fixtures/program.js';
import { startServer } from '../fixtures/server.js';
import { exitOf, plain } from './page.js';

t.setTimeout(300_000 * PATIENCE);

const PAGE = readFileSync('docs/first-evening.md', 'utf8');
const PASSWORD = 'password of the page';
const UNTIL_CTRL_C = '# until Ctrl-C';

/** Blocks of the page, in order: a file to save, commands to run, or lines that the last commands print. */
const BLOCKS = [...PAGE.matchAll(/^```(yaml|sh|text)\n([^]*?)^```/gm)].map(([, kind, text = '']) => ({
  kind,
  text,
}));

void t.test('the commands of a first evening run as written and print the output shown', async (t) => {
  const server = await startServer(t, {
    env: { MUSTER_EMBEDDED_AGENT: 'true', MUSTER_ADMIN_PASSWORD: PASSWORD },
  });
  await eventually(async () => (await server.api.nodes()).some(({ healthy }) => healthy), {
    timeout: 120_000,
    what: 'the local agent',
  });
  const folder = ownFolder(t);
  // The page calls the program as users do, so a shell finds it under this name.
  writeFileSync(join(folder, 'npx'), `#!/bin/sh\nshift\nexec '${process.execPath}' '${MUSTER}' "$@"\n`);
  chmodSync(join(folder, 'npx'), 0o755);
  const start = (command: string): Program =>
    Program.start({
      command: 'bash',
      args: ['-c', `cd '${folder}'; exec ${command}`],
      env: {
        MUSTER_SERVER_URL: server.url,
        HOME: folder,
        PATH: `${folder}:${process.env['PATH'] ?? ''}`,
      },
      input: `${PASSWORD}\n`,
    });
  const run = async (command: string): Promise<readonly string[]> => {
    const program = start(command);
    if (command.endsWith(UNTIL_CTRL_C)) {
      await eventually(() => program.stdout.length > 1, { timeout: 60_000, what: 'two lines of the log' });
      program.child.kill('SIGINT');
    }
    const { code, signal } = await program.exited;
    if (command.endsWith(UNTIL_CTRL_C)) t.ok(code === 130 || signal === 'SIGINT', `${code} ${signal}`);
    else t.equal(code, exitOf(command), `${command}: ${program.tail()}`);
    return [...program.stdout, ...program.stderr].map((line) => plain(line.replace(/\.\d+Z/g, 'Z')));
  };
  let commands: readonly string[] = [];
  let printed: readonly string[] = [];
  const runAll = async (): Promise<void> => {
    printed = [];
    for (const command of commands) printed = [...printed, ...(await run(command))];
  };
  for (const { kind, text } of BLOCKS) {
    const lines = text.trim().split('\n');
    if (kind === 'yaml') writeFileSync(join(folder, 'evening.yaml'), text);
    else if (kind === 'sh') {
      commands = lines;
      await runAll();
    } else {
      const shown = lines.map(plain);
      const missing = (): readonly string[] => shown.filter((line) => !printed.includes(line));
      // A reader types more slowly than a node starts or stops a task.
      await eventually(
        async () => {
          if (missing().length === 0) return true;
          await runAll();
          return missing().length === 0;
        },
        { timeout: 60_000, what: `${commands.join('; ')} prints ${shown.join('; ')}` },
      );
    }
  }
  t.equal(BLOCKS.filter(({ kind }) => kind === 'sh').length, 10);
});
