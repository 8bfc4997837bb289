import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { EventStoreDBClient } from '@eventstore/db-client';
import { shellQuoted } from '#agents/platform/shell-quote.js';
import { readSettings } from '#src/process/index.js';
import { readEvents } from '../fixtures/event-log.js';
import { selfSigned } from '../fixtures/self-signed.js';
import { startEventStoreProcess } from '../fixtures/event-store-process.js';
import { ownFolder } from '../fixtures/folder.js';
import { job } from '../fixtures/jobs.js';
import { MUSTER, plainEnvironment } from '../fixtures/program.js';
import { startServer } from '../fixtures/server.js';
import { embeddedWiring } from '../fixtures/wiring/embedded.js';

t.setTimeout(600_000);

const ROOT = resolve(import.meta.dirname, '../../..');
const PAGE = readFileSync(join(ROOT, 'docs/eventstoredb.md'), 'utf8');
/** Commands by heading of the page. */
const SECTIONS = new Map(
  PAGE.split(/^## /m)
    .slice(1)
    .map((section) => [
      section.slice(0, section.indexOf('\n')),
      [...section.matchAll(/^ *```sh\n([^]*?)^ *```/gm)].flatMap(([, block = '']) =>
        block
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line !== ''),
      ),
    ]),
);
/** Whether a command calls EventStoreDB's own administration, for which `muster eventstore` has no equivalent. */
const ofTheStore = (command: string): boolean => command.startsWith('curl ');
const SECRETS = {
  MUSTER_JWT_SECRET: randomBytes(32).toString('hex'),
  MUSTER_DATA_KEY: randomBytes(32).toString('base64'),
};

void t.test(
  'no command on the page has a password in an argument, and curl is used only for the store',
  async (t) => {
    const commands = [...SECTIONS.values()].flat();
    t.ok(commands.length > 10, `${commands.length} commands were found`);
    for (const command of commands) {
      const words = command.replace(/^(\w+='[^']*'( |$))*/, '');
      t.notMatch(words, /PASSWORD|:\/\/[^/ ]*:[^/ ]*@|--user|-u /, command);
      if (ofTheStore(command))
        t.match(command, /^curl --fail --cacert \S+ --netrc-file \S+ .*https:\/\/n1\.example:2113\/\S+$/);
      else t.match(words, /^(muster |node |$)/, command);
    }
  },
);

void t.test('servers accept the URL that the page shows as a setting', async (t) => {
  const [line = ''] = SECTIONS.get('Connect') ?? [];
  const authority = selfSigned(t).certFile;
  const [, url = ''] = /^MUSTER_EVENTSTORE_URL='(.*)'$/.exec(line) ?? [];
  t.match(url, /^esdb:\/\/[^?]*,[^?]*,[^?]*\?tls=true/, 'the URL lists all members and uses TLS');
  const named = url.replace(/tlsCAFile=\S+$/, `tlsCAFile=${authority}`);
  t.equal(readSettings({ ...SECRETS, MUSTER_EVENTSTORE_URL: named }).eventStoreUrl, named);
});

void t.test('every other command on the page runs as written', async (t) => {
  const folder = ownFolder(t);
  const store = await startEventStoreProcess(t);
  const empty = await startEventStoreProcess(t);
  const program = join(folder, 'bin');
  mkdirSync(program);
  writeFileSync(join(program, 'muster'), `#!/bin/sh\nexec '${process.execPath}' '${MUSTER}' "$@"\n`);
  chmodSync(join(program, 'muster'), 0o755);

  const serverDir = join(folder, 'server');
  const wiring = await embeddedWiring(t, serverDir);
  const server = await startServer(t, {
    dataDir: serverDir,
    env: { MUSTER_EVENTSTORE_URL: store.url, ...SECRETS },
    wiring,
  });
  await server.api.submit(job('hello', { command: 'exit 0' }));
  await server.stop();
  const move = join(folder, 'Move a log');
  mkdirSync(move);
  const embeddedDir = join(move, 'data');
  const embedded = await startServer(t, {
    dataDir: embeddedDir,
    wiring: await embeddedWiring(t, embeddedDir),
  });
  await embedded.api.submit(job('moved', { command: 'exit 0' }));
  await embedded.stop();

  let ran = 0;
  for (const [section, commands] of SECTIONS) {
    const cwd = join(folder, section);
    mkdirSync(cwd, { recursive: true });
    const moves = section === 'Move a log';
    const env = {
      ...plainEnvironment(),
      ...SECRETS,
      PATH: `${program}:${process.env['PATH']}`,
      MUSTER_EVENTSTORE_URL: moves ? empty.url : store.url,
      MUSTER_DATA_DIR: moves ? join(folder, 'fresh') : serverDir,
    };
    for (const command of commands.filter(
      (each) => !ofTheStore(each) && !each.startsWith('MUSTER_EVENTSTORE_URL='),
    )) {
      const line = command
        .replace(/esdb:\/\/[^']*/, store.url)
        .replace('deploy/', `${shellQuoted(ROOT)}/deploy/`);
      const { status, stdout, stderr } = spawnSync('sh', ['-c', line], { cwd, env, encoding: 'utf8' });
      t.equal(status, 0, `${section}: ${command}\n${stdout}${stderr}`);
      ran += 1;
    }
  }
  t.ok(ran >= 8, `${ran} commands ran`);

  const client = EventStoreDBClient.connectionString(store.url);
  t.teardown(async () => await client.dispose());
  t.match((await client.getStreamMetadata('$all')).metadata, { acl: { readRoles: ['muster', '$admins'] } });
  const settings = [];
  for await (const { event } of client.readStream('$settings')) settings.push(event?.data);
  t.match(settings, [
    {
      $userStreamAcl: { $r: ['muster', '$admins'], $w: ['muster', '$admins'] },
      $systemStreamAcl: { $r: '$admins' },
    },
  ]);
  for (const url of [store.url, empty.url])
    t.equal(
      (await readEvents({ log: { kind: 'esdb', url } }, { types: ['LogEpochBegan'] })).length,
      1,
      'the log began one new epoch when it was restored or imported',
    );
});
