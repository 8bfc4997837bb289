import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { settingDefaults } from '#src/process/settings/table.js';
import { startAgent } from '../fixtures/agent.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { freePort } from '../fixtures/free-port.js';
import { runToEnd } from '../fixtures/program.js';
import { startServer } from '../fixtures/server.js';
import { ROOT } from './compose-file.js';

t.setTimeout(120_000 * PATIENCE);

const lines = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
  .replace(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => /^[A-Z]+ /.test(line));
const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
const of = (all: readonly string[], word: string): string[] =>
  all.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1).trim());

void t.test('every stage starts from the same pinned Node.js image, which package.json allows', async (t) => {
  t.same(new Set(of(lines, 'FROM').map((line) => line.split(' ')[0])), new Set(['${NODE_IMAGE}']));
  const [image = ''] = of(lines, 'ARG');
  const [, major, minor] = /^NODE_IMAGE=node:(\d+)\.(\d+)\.\d+-bookworm-slim$/.exec(image) ?? [];
  t.ok(Number(major) === 20 && Number(minor) >= 19, image);
});

void t.test('copied files exist and are not ignored', async (t) => {
  const kept = readFileSync(join(ROOT, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  for (const line of of(lines, 'COPY')) {
    if (line.startsWith('--from=')) continue;
    for (const source of line
      .split(/\s+/)
      .filter((word) => !word.startsWith('--'))
      .slice(0, -1)) {
      t.ok(existsSync(join(ROOT, source)), source);
      t.ok(kept.includes(source), `${source} is in the build's context`);
    }
  }
});

void t.test('runs node directly, as an unprivileged user, with the program of package.json', async (t) => {
  t.same(of(last, 'USER'), ['node']);
  const [command, program, role] = JSON.parse(of(last, 'CMD')[0] ?? '[]') as string[];
  const { bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { bin: { muster: string } };
  t.same([command, program, role], ['node', bin.muster, 'server']);
  t.same(of(last, 'ENTRYPOINT'), []);
  t.same(of(last, 'EXPOSE'), [String(settingDefaults().get('MUSTER_PORT'))]);
});

void t.test('sets only known settings, and stores data in volumes', async (t) => {
  const names = of(last, 'ENV').flatMap((line) => [...line.matchAll(/(MUSTER_\w+)=(\S+)/g)]);
  for (const [, name = ''] of names) t.ok(settingDefaults().has(name), name);
  t.same(JSON.parse(of(last, 'VOLUME')[0] ?? ''), [
    names.find(([, name]) => name === 'MUSTER_DATA_DIR')?.[2],
    '/backups',
  ]);
});

void t.test('copied files belong to root, and the labels match package.json', async (t) => {
  for (const line of of(last, 'COPY')) t.match(line, '--chown=root:root');
  const [labels = ''] = of(last, 'LABEL');
  const { version, description } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    version: string;
    description: string;
  };
  for (const [name, value] of [
    ['version', version],
    ['description', description],
    ['revision', '${REVISION}'],
  ] as const)
    t.ok(labels.includes(`org.opencontainers.image.${name}="${value}"`), name);
});

void t.test('the health check probes the program that the container runs', async (t) => {
  const command = JSON.parse(/CMD (\[.*\])$/.exec(of(last, 'HEALTHCHECK')[0] ?? '')?.[1] ?? '[]') as string[];
  t.same(command, ['node', '/muster/deploy/containers/healthcheck.mjs']);
  const program = join(ROOT, 'deploy/containers/healthcheck.mjs');
  const folder = ownFolder(t);
  const asked = async (
    commandLine: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<{ code: number | null; stderr: string }> => {
    writeFileSync(join(folder, 'cmdline'), `${commandLine.join('\0')}\0`);
    return await runToEnd({ command: process.execPath, args: [program, join(folder, 'cmdline')], env });
  };
  /** A check has a timeout of seconds, which a busy machine sometimes exceeds. */
  const passed = async (
    commandLine: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<{ code: number | null; stderr: string }> =>
    await eventually(
      async () => {
        const ended = await asked(commandLine, env);
        if (ended.code !== 0) throw new Error(ended.stderr);
        return ended;
      },
      { timeout: 10_000, what: commandLine.join(' ') },
    );
  const ofServer = ['node', '/muster/bundle/src/cli/main.js', 'server'];
  const ofAgent = ['/sbin/docker-init', '--', 'node', '/muster/bundle/src/cli/main.js', 'agent'];
  const server = await startServer(t, { env: { MUSTER_EMBEDDED_AGENT: 'false' } });
  const agent = await startAgent(t, server, { env: { MUSTER_AGENT_PORT: String(await freePort()) } });
  const [serverPort, agentPort] = [new URL(server.url).port, agent.env['MUSTER_AGENT_PORT'] ?? ''];
  const env = { MUSTER_HOST: '0.0.0.0', MUSTER_PORT: serverPort, MUSTER_AGENT_PORT: agentPort };
  t.match(await passed(ofServer, env), { code: 0, stderr: '' });
  t.match(await passed(['muster', 'server'], env), { code: 0 });
  t.match(await passed(ofAgent, env), { code: 0, stderr: '' });
  t.match(await passed(['sh', '-c', 'exec muster agent'], env), { code: 0 });
  t.match(await asked(ofAgent, { ...env, MUSTER_AGENT_PORT: '' }), {
    code: 1,
    stderr: /set MUSTER_AGENT_PORT/,
  });
  await agent.stop();
  t.match(
    await asked(ofAgent, env),
    { code: 1, stderr: /^muster agent: .*ECONNREFUSED/ },
    'the check of an ended agent fails while the server runs',
  );
  t.match(await passed(ofServer, env), { code: 0 });
  t.match(await passed(['muster', 'eventstore'], { MUSTER_EVENTSTORE_LISTEN: `127.0.0.1:${serverPort}` }), {
    code: 0,
  });
  t.match(await asked(['muster', 'eventstore'], { MUSTER_EVENTSTORE_LISTEN: `127.0.0.1:${agentPort}` }), {
    code: 1,
    stderr: /^muster eventstore: /,
  });
});
