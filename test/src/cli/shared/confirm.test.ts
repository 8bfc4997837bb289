import { spawn } from 'node:child_process';
import { once } from 'node:events';
import t from 'tap';
import { finds } from '../../../fixtures/program.js';

const CONFIRM = new URL('../../../../src/cli/shared/confirm.js', import.meta.url).href;
const PROGRAM = `import { confirm } from ${JSON.stringify(CONFIRM)};
try { await confirm('Delete it?', 'pass --yes'); console.log('confirmed'); }
catch (error) { console.log(\`\${error.name} \${error.status} \${error.message.trim()}\`); }`;

/** Answers the question on a real terminal, and returns what is printed after it. */
async function answered(key: string): Promise<string> {
  const command = `"${process.execPath}" --input-type=module -e "$PROGRAM"`;
  const terminal = spawn('script', ['-qec', command, '/dev/null'], { env: { ...process.env, PROGRAM } });
  let shown = '';
  let isAnswered = false;
  terminal.stdout.on('data', (text: Buffer) => {
    shown += text.toString();
    if (isAnswered || !shown.includes('[y/N]')) return;
    isAnswered = true;
    terminal.stdin.write(key);
  });
  await once(terminal, 'close');
  return shown;
}

const skip = finds('script') ? {} : { skip: 'this machine has no script(1)' };

void t.test('asks on a terminal, and ends with a line if it is interrupted', skip, async (t) => {
  t.match(await answered('y\r'), /confirmed/);
  t.match(await answered('\r'), /Failure 1 cancelled/);
  for (const key of ['\u0003', '\u0004'])
    t.match(await answered(key), /Failure 130 interrupted; nothing was changed/);
});

void t.test('names the option to pass without a terminal', async (t) => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(child.stdout!, 'data')) as [Buffer];
  t.equal(said.toString(), 'Failure 1 not a terminal: pass --yes\n');
});
