import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { CommandOutput } from '#domain/protocol/index.js';
import { eventually, PATIENCE } from '../../../fixtures/eventually.js';
import { muster, MUSTER, Program } from '../../../fixtures/program.js';
import { bearer, servicesLogin } from '../../../fixtures/services-account.js';
import {
  accepted,
  copyScene,
  refused,
  text,
  type CopyingAgent,
} from '../../../fixtures/volume-copy-scene.js';

t.setTimeout(180_000 * PATIENCE);

async function cliScene(t: Test, agent: CopyingAgent) {
  const { api, volume } = await copyScene(t, agent);
  const address = await api.app.listen({ port: 0, host: '127.0.0.1' });
  const [, token = ''] = bearer(await servicesLogin(api, 'ann')).authorization.split(' ');
  const folder = mkdtempSync(join(t.testdir(), 'files-'));
  const env = { MUSTER_SERVER_URL: address, MUSTER_TOKEN: token };
  const file = join(folder, 'data.tar');
  return {
    env,
    folder,
    file,
    volume,
    backup: async (to = file) => await muster(['volume', 'backup', volume, '--file', to], env),
    restore: async () => {
      writeFileSync(file, 'x'.repeat(200_000));
      return await muster(['volume', 'restore', volume, '--file', file, '--yes'], env);
    },
  };
}

async function silence(): Promise<undefined> {
  await new Promise((resolve) => setTimeout(resolve, 100));
}

void t.test('Ctrl-C and SIGTERM leave nothing of a backup', async (t) => {
  const { env, folder, file, volume, backup } = await cliScene(t, {
    output: async (chunk) => (chunk === 0 ? { stdout: text('half') } : await silence()),
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const running = Program.muster(['volume', 'backup', volume, '--file', file], env);
    await eventually(
      async () =>
        readdirSync(folder).some((each) => readFileSync(join(folder, each), 'utf8').startsWith('half')),
      { what: 'the beginning of the backup' },
    );
    process.kill(running.pid, signal);
    t.equal((await running.exited).code, 130, running.tail());
    t.match(running.tail(), /interrupted; no file was written/);
    t.same(readdirSync(folder), []);
  }
  const target = join(folder, 'other');
  writeFileSync(target, 'mine');
  symlinkSync(target, file);
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  for (const special of [file, pipe]) {
    const said = await backup(special);
    t.equal(said.code, 1);
    t.match(said.stderr, /is not a regular file; use --file - for the standard output/);
  }
  t.ok(lstatSync(pipe).isFIFO());
  t.equal(readFileSync(target, 'utf8'), 'mine');
});

void t.test('a backup begins only once its file can be written', async (t) => {
  let opened = 0;
  const { folder, backup } = await cliScene(t, {
    open: () => {
      opened += 1;
      return { kind: 'done', answer: { message: 'started' } };
    },
  });
  t.match(await backup(join(folder, 'absent', 'data.tar')), { code: 1, stderr: /ENOENT/ });
  t.equal(opened, 0);
  t.equal((await backup()).code, 0);
  t.equal(opened, 1);
  t.ok(existsSync(join(folder, 'data.tar')));
});

void t.test('a backup whose reader ends early has failed', async (t) => {
  const { env, folder, volume } = await cliScene(t, {
    output: (chunk): CommandOutput => (chunk < 8 ? { stdout: text('x'.repeat(60_000)) } : { exit_code: 0 }),
  });
  const status = async (reader: string): Promise<string> => {
    const script = `{ "$1" "$2" volume backup "$3" --file -; echo $? > "$4"; } | ${reader}`;
    const file = join(folder, 'status');
    const args = ['-c', script, 'sh', process.execPath, MUSTER, volume, file];
    const program = Program.start({ command: 'sh', args, env });
    await program.exited;
    return readFileSync(file, 'utf8').trim();
  };
  t.equal(await status('true'), '1');
  t.equal(await status('cat > /dev/null'), '0');
});

void t.test('a piece of an archive is sent again if the server or the agent cannot be reached', async (t) => {
  const numbers: number[] = [];
  let isWhole = false;
  const { restore } = await cliScene(t, {
    input: ({ number, end }) => {
      numbers.push(number);
      if (numbers.length <= 2) return { kind: 'unknown', problem: 'the connection was reset' };
      isWhole = end === true;
      return accepted;
    },
    output: async () => (isWhole ? { exit_code: 0 } : await silence()),
  });
  const { code, stderr } = await restore();
  t.equal(code, 0, stderr);
  t.same(numbers, [0, 0, 0, 1, 2, 3, 4]);
});

void t.test('a restore says that its end is unknown only if all of the archive was sent', async (t) => {
  let refusedFrom = 0;
  let isWhole = false;
  let lost = false;
  const { restore } = await cliScene(t, {
    input: ({ number, end }) => {
      isWhole = end === true;
      lost = number >= refusedFrom || isWhole;
      return number >= refusedFrom ? refused : accepted;
    },
    output: async () => (lost && refusedFrom !== 4 ? { error: 'the agent is gone' } : await silence()),
  });
  const nothing = await restore();
  t.equal(nothing.code, 1);
  t.match(nothing.stderr, /nothing was restored: the agent is gone/);
  refusedFrom = 5;
  lost = false;
  const unknown = await restore();
  t.match(unknown.stderr, /it is not known how the restore ended: .* \(the agent is gone\)/);
  // The end of the archive is refused, and nothing is known after it.
  refusedFrom = 4;
  const unanswered = await restore();
  t.match(unanswered.stderr, /it is not known how the restore ended: .*no such running restore/);
});
