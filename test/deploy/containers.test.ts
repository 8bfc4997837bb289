import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { blocksOf } from '../docs/page.js';
import { dockerdMissing, startDockerd } from '../fixtures/dockerd.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { freePort } from '../fixtures/free-port.js';
import { importNodeBase, nodeBaseMissing } from '../fixtures/node-base-image.js';
import { runToEnd } from '../fixtures/program.js';
import { required } from '../fixtures/requirement.js';
import { ROOT } from './compose-file.js';

t.setTimeout(1_200_000);

const PAGE = join(ROOT, 'docs/containers.md');
const HEADINGS = [...readFileSync(PAGE, 'utf8').matchAll(/^## (.*)$/gm)].map(([, heading = '']) => heading);

/** A job with a published container port and an HTTP check. */
const WEB = {
  job_id: 'web',
  task_groups: [
    {
      name: 'web',
      tasks: [
        {
          name: 'web',
          config: {
            image: 'busybox:latest',
            command: `sh -c 'mkdir /w; echo it works >/w/index.html; exec httpd -f -p 80 -h /w'`,
          },
          ports: [{ container: 80, dynamic: true }],
          checks: [{ type: 'http', port: 80, interval_seconds: 0.5 }],
        },
      ],
    },
  ],
};

/** Makes `docker compose` call Debian's docker-compose where Docker's own plug-in is not installed. */
const PLUGIN = `#!/bin/sh
if [ "$1" = docker-cli-plugin-metadata ]; then
  echo '{"SchemaVersion":"0.1.0","Vendor":"a test","Version":"1"}'
  exit
fi
shift
exec docker-compose "$@"
`;

void t.test('the commands of the containers page work in a fresh clone', async (t) => {
  const missing = dockerdMissing() ?? nodeBaseMissing();
  if (!required(t, missing === undefined, missing ?? '')) return;
  const folder = ownFolder(t);
  const clone = join(folder, 'muster');
  mkdirSync(clone);
  const files = execFileSync('git', [
    '-C',
    ROOT,
    'ls-files',
    '-z',
    '--cached',
    '--others',
    '--exclude-standard',
  ]);
  execFileSync('tar', ['-C', clone, '-x'], {
    input: execFileSync('tar', ['-C', ROOT, '-c', '--null', '-T', '-'], { input: files, maxBuffer: 2 ** 28 }),
  });

  const dockerd = await startDockerd();
  t.teardown(async () => await dockerd.stop());
  const [, base = ''] = /^ARG NODE_IMAGE=(\S+)$/m.exec(readFileSync(join(ROOT, 'Dockerfile'), 'utf8')) ?? [];
  await Promise.all([importNodeBase(dockerd, base), dockerd.importImage('busybox:latest')]);

  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    DOCKER_HOST: dockerd.host,
    DOCKER_CONFIG: join(folder, 'docker'),
  };
  mkdirSync(join(folder, 'docker/cli-plugins'), { recursive: true });
  if (spawnSync('docker', ['compose', 'version'], { env }).status !== 0)
    writeFileSync(join(folder, 'docker/cli-plugins/docker-compose'), PLUGIN, { mode: 0o755 });
  const [port, agentPort] = [await freePort(), await freePort()];
  writeFileSync(
    join(clone, '.env'),
    `API_PORT=${String(port)}\nDOCKER_AGENT_PORT=${String(agentPort)}\nDOCKER_SOCKET=${dockerd.socketPath}\n`,
  );

  const exported: string[] = [];
  const run = async (command: string): Promise<string> => {
    const here = command
      // The usual socket and port may be in use on this machine, and the test daemon gives builds no network.
      .replaceAll('/var/run/docker.sock', dockerd.socketPath)
      .replaceAll('127.0.0.1:8080', `127.0.0.1:${String(port)}`)
      .replace('docker build ', 'docker build --network host ');
    const { code, stdout, stderr } = await runToEnd({
      command: 'bash',
      args: ['-ec', [`cd '${clone}'`, ...exported, here].join('\n')],
      env,
    });
    if (code !== 0) throw new Error(`${command}: exit ${String(code)}\n${stdout}\n${stderr}`);
    return stdout;
  };
  const muster = async (command: string): Promise<string> =>
    await run(`docker compose exec -T core muster ${command}`);
  const inspect = async (service: string): Promise<string> =>
    await run(`docker inspect "$(docker compose ps -q ${service})"`);

  /** Expected output of commands, by how the command ends. */
  const wanted: readonly (readonly [RegExp, () => RegExp])[] = [
    [/node list$/, () => (exported.length > 1 ? /ready[^]*ready/ : / core-agent .* ready /)],
    [/logs hello$/, () => /Hello from core-agent/],
    [/logs hello-docker$/, () => /Hello from container/],
    [/logs --tail 20 core$/, () => /Muster listens on http:\/\/127\.0\.0\.1:8080/],
    [/verify$/, () => /tasks|jobs/],
  ];
  const walk = async (heading: string): Promise<void> => {
    for (const command of blocksOf(PAGE, heading).flatMap(({ commands }) => commands)) {
      const began = performance.now();
      if (command.startsWith('export ')) exported.push(command);
      // Commands that build or append run once. Commands that need a node or a login are repeated until they succeed.
      const once = !/^docker compose (exec|logs)/.test(command);
      const see = wanted.find(([end]) => end.test(command))?.[1]() ?? /^/;
      await eventually(
        async () => {
          const said = await run(command);
          if (!see.test(said)) throw new Error(`${command}: ${said}`);
          return true;
        },
        { timeout: once ? 0 : 60_000, interval: 500, what: command },
      );
      t.comment(`${((performance.now() - began) / 1000).toFixed(1)} s: ${command}`);
    }
  };

  await t.test('covers every heading that contains commands', async (t) => {
    t.same(
      HEADINGS.filter((heading) => blocksOf(PAGE, heading).length > 0),
      [
        'Start',
        'Command line and first login',
        'Logs',
        'Containers as tasks',
        'Back up',
        'Restore',
        'Upgrade and drain',
        'TLS proxy',
      ],
    );
  });

  await walk('Start');
  await walk('Command line and first login');
  await walk('Logs');
  await t.test(
    'the image contains the program, read-only for its user, with license, SBOM and version',
    async (t) => {
      const inImage = async (command: string): Promise<string> =>
        await run(`docker run --rm muster:0.1.0 ${command}`);
      t.match(await inImage('muster version'), '0.1.0');
      t.equal(await inImage('find /muster /usr/local -user node'), '');
      t.equal(
        await inImage('find /muster -name "*.o" -o -name "sqlite3.c"'),
        '',
        'the image has no leftovers of the build',
      );
      t.match(await inImage('cat LICENSE'), /All rights reserved/);
      t.match(
        await inImage(
          `node -p '(b => [b.bomFormat, ...b.components.map(c => c.name)].join())(JSON.parse(fs.readFileSync("sbom.cdx.json")))'`,
        ),
        /^CycloneDX,.*better-sqlite3/,
      );
      t.match(await run('docker inspect muster:0.1.0'), /"org\.opencontainers\.image\.version": "0\.1\.0"/);
    },
  );
  await t.test('docker inspect shows no secret', async (t) => {
    const secrets = ['join_token', 'admin_password', 'jwt_secret', 'data_key'].map((name) =>
      readFileSync(join(clone, 'secrets', name), 'utf8').trim(),
    );
    for (const service of ['core', 'core-agent']) {
      const said = await inspect(service);
      for (const secret of secrets) t.notOk(said.includes(secret), service);
      t.match(said, /"Memory": [1-9]/);
    }
  });
  const idOf = async (name: string): Promise<string> =>
    (await muster('node list'))
      .split('\n')
      .find((line) => line.includes(` ${name} `))
      ?.split(' ')[0] ?? '';
  const id = await idOf('core-agent');
  await t.test("the node reports its container's memory and runs tenants as separate users", async (t) => {
    const status = await muster(`node status ${id}`);
    t.match(status, /^memory +4096 /m);
    t.match(status, /^exec\.users +separate$/m);
    t.match(status, /^exec\.tenants +accepted$/m);
  });

  await walk('Containers as tasks');
  await t.test(
    'the agent for containers checks its containers, and publishes their ports only on loopback',
    async (t) => {
      writeFileSync(join(clone, 'web.json'), JSON.stringify(WEB));
      await run('docker compose exec -T core muster job run - <web.json');
      const container = await eventually(
        async () => {
          const status = await muster('job status web --output json');
          if (!status.includes('answered 200')) throw new Error(status);
          return (await run('docker ps --quiet --filter label=muster.job=web')).trim();
        },
        { timeout: 60_000, interval: 500, what: 'a successful check of the container' },
      );
      const bound = JSON.parse(
        await run(`docker inspect --format '{{json .HostConfig.PortBindings}}' ${container}`),
      ) as Record<string, { HostIp: string; HostPort: string }[]>;
      const [binding] = bound['80/tcp'] ?? [];
      t.equal(binding?.HostIp, '127.0.0.1');
      t.equal(await (await fetch(`http://127.0.0.1:${binding?.HostPort ?? ''}/`)).text(), 'it works\n');
      await muster('job stop web');
    },
  );

  await walk('Back up');
  await walk('Restore');
  await t.test('the restored server has the job from the backup', async (t) => {
    await run('docker compose exec -T core muster login admin <secrets/admin_password');
    t.match(await muster('job status hello'), /complete/);
  });
  await walk('Upgrade and drain');
  t.equal(await idOf('core-agent'), id, 'the node keeps its name and its id');
  await walk('TLS proxy');
});
