import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { readSettings } from '#src/process/index.js';
import { startAgent } from '../fixtures/agent.js';
import { DeviceRequests } from '../fixtures/device-requests.js';
import { dockerdMissing, startDockerd } from '../fixtures/dockerd.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { fakeNvidiaSmi, FOUR_GPUS, printing } from '../fixtures/fake-nvidia-smi.js';
import { ownFolder } from '../fixtures/folder.js';
import { MUSTER, runToEnd } from '../fixtures/program.js';
import { required } from '../fixtures/requirement.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(300_000 * PATIENCE);

const ROOT = resolve(import.meta.dirname, '../../..');
const PASSWORD = 'of-the-administrator';
const PAGE = readFileSync(join(ROOT, 'docs/install.md'), 'utf8');

function blocks(heading: string): readonly string[] {
  const [, section = ''] = PAGE.split(`\n## ${heading}\n`);
  return [...(section.split('\n## ')[0] ?? '').matchAll(/^```sh\n([^]*?)^```/gm)].map(
    ([, block = '']) => block,
  );
}

const HEADINGS = [...PAGE.matchAll(/^## (.*)$/gm)].map(([, heading = '']) => heading);

void t.test('every command on the page is valid shell, and each file that it copies exists', async (t) => {
  for (const heading of HEADINGS) {
    t.ok(blocks(heading).length > 0, heading);
    for (const block of blocks(heading)) {
      t.equal(spawnSync('bash', ['-n'], { input: block, encoding: 'utf8' }).stderr, '', heading);
      for (const [, path = ''] of block.matchAll(/^cp \/opt\/muster\/(\S+)/gm))
        t.ok(statSync(join(ROOT, path)).isFile(), path);
    }
  }
});

void t.test(
  'the settings files that the page creates are valid, and only their owner can read them',
  async (t) => {
    for (const [heading, name] of [
      ['A server', 'server.env'],
      ['A node', 'agent.env'],
    ] as const) {
      const folder = ownFolder(t);
      const [block = ''] = blocks(heading);
      const making = block
        .slice(block.indexOf('install --directory'), block.indexOf('\nEND\n') + 5)
        .replaceAll('/etc/muster', folder);
      t.match(spawnSync('bash', ['-ec', `umask 022\n${making}`], { encoding: 'utf8' }), {
        status: 0,
        stderr: '',
      });
      t.equal(statSync(join(folder, name)).mode & 0o777, 0o600);
      const lines = readFileSync(join(folder, name), 'utf8').trimEnd().split('\n');
      const settings = Object.fromEntries(
        lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
      );
      t.ok(lines.length > 2);
      t.doesNotThrow(
        () => readSettings({ MUSTER_JOIN_TOKEN: 'of-the-server-not-made-here', ...settings }),
        name,
      );
    }
  },
);

void t.test('a GPU is claimed and released as the page describes', async (t) => {
  const missing = dockerdMissing();
  if (!required(t, missing === undefined, missing ?? '')) return;
  const folder = ownFolder(t);
  const server = await startServer(t, { env: { MUSTER_ADMIN_PASSWORD: PASSWORD } });
  const dockerd = await startDockerd({ bridge: false });
  t.teardown(async () => await dockerd.stop());
  const [, image = ''] = /claim create (\S+)/.exec(PAGE) ?? [];
  await dockerd.importImage(image);
  const socket = join(folder, 'docker.sock');
  const requests = await DeviceRequests.before(t, dockerd.socketPath, socket);
  const path = `${fakeNvidiaSmi(folder, printing(...FOUR_GPUS))}:${process.env['PATH'] ?? ''}`;
  await startAgent(t, server, {
    env: { DOCKER_HOST: `unix://${socket}`, PATH: path, MUSTER_AGENT_RESOURCES: 'cpu=4000,memory=8192' },
  });

  mkdirSync(join(folder, 'commands'));
  writeFileSync(join(folder, 'commands/muster'), `#!/bin/sh\nexec '${process.execPath}' '${MUSTER}' "$@"\n`);
  chmodSync(join(folder, 'commands/muster'), 0o755);
  const env = {
    HOME: folder,
    MUSTER_SERVER_URL: server.url,
    PATH: `${join(folder, 'commands')}:${process.env['PATH'] ?? ''}`,
  };
  t.match(await runToEnd({ command: 'muster', args: ['login', 'admin'], env, input: `${PASSWORD}\n` }), {
    code: 0,
  });
  const exported: string[] = [];
  const shown: string[] = [];
  /** Returns the output that a reader waits for. */
  const wanted = (command: string): RegExp => {
    if (command.startsWith('muster node list')) return / 4\/4 /;
    if (command.startsWith('muster claim logs')) return /nvidia-smi/;
    if (command.startsWith('muster claim status'))
      return shown.some((each) => each.includes('released')) ? /^Status +Released$/m : /^Status +Running$/m;
    return /^/;
  };
  for (const command of blocks('A GPU, from node to released claim').join('').trimEnd().split('\n')) {
    if (command.startsWith('export ')) exported.push(command);
    await eventually(
      async () => {
        const { code, stdout, stderr } = await runToEnd({
          command: 'bash',
          args: ['-ec', [`cd ${folder}`, ...exported, command].join('\n')],
          env,
        });
        if (code !== 0 || !wanted(command).test(stdout)) throw new Error(`${command}: ${stdout}${stderr}`);
        shown.push(stdout);
        return true;
      },
      { timeout: 60_000, interval: 500, what: command },
    );
  }
  t.match(shown.join('\n'), /GpuClaimed|claimed/i, 'the history of the claim is shown');
  t.equal(requests.asked.length, 1, 'one container was requested');
});
