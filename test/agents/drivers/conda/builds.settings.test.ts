import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import t from 'tap';
import { BUILD_ID, GenerationStore } from '#agents/drivers/conda/generations/store.js';
import { condaTools } from '../../../fixtures/conda/tools.js';
import { modulePackage, pythonPackage } from '../../../fixtures/conda/channel.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { required } from '../../../fixtures/requirement.js';
import { condaScene, rattlerScene } from './scene.js';

void t.test(
  'passes the proxy, CA and credentials in the environment and in files, never on the command line',
  async (t) => {
    const folder = ownFolder(t);
    const [program, said] = [path.join(folder, 'micromamba'), path.join(folder, 'said')];
    await writeFile(said, '');
    await writeFile(
      program,
      `#!/bin/sh
{ env; cat "$NETRC"; } >>${said}
cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' >>${said}.words
echo "cannot reach $HTTPS_PROXY: $(sed 's/.*password //' "$NETRC")" >&2
exit 1
`,
    );
    await writeFile(`${said}.words`, '');
    for (const each of [folder, program]) await chmod(each, 0o755);
    for (const each of [said, `${said}.words`]) await chmod(each, 0o666);
    const [password, token, own] = [randomUUID(), randomUUID(), randomUUID()];
    process.env['MUSTER_TEST_OF_AGENT'] = own;
    t.teardown(() => delete process.env['MUSTER_TEST_OF_AGENT']);
    const environment = {
      HTTPS_PROXY: `http://me:${password}@proxy.intern:3128`,
      SSL_CERT_FILE: '/etc/intern.pem',
    };
    const channels = ['https://conda.intern/forge'];
    const { build, dataDir } = await condaScene(t, channels, {
      conda: {
        searched: `${folder}:/usr/bin:/bin`,
        channels,
        environment,
        credentials: `conda.intern=${token}`,
      },
    });
    const { report, log } = await build({ specs: ['six'] }, 'failed');
    const found = await readFile(said, 'utf8');
    t.match(found, `HTTPS_PROXY=${environment.HTTPS_PROXY}\n`);
    t.match(found, 'SSL_CERT_FILE=/etc/intern.pem\n');
    t.match(found, `machine conda.intern login __token__ password ${token}\n`);
    t.notMatch(found, own, 'the tool gets nothing of the agent’s own environment');
    const words = await readFile(`${said}.words`, 'utf8');
    t.match(words, '--override-channels');
    t.notMatch(words, new RegExp(`${password}|${token}`));
    t.match(log, /cannot reach http:\/\/\*\*\*@proxy\.intern:3128: \*\*\*/);
    t.notMatch(log + JSON.stringify(report), new RegExp(`${password}|${token}`));
    const files = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((each) =>
      each.isFile(),
    );
    for (const each of files)
      t.notMatch(
        // A temporary file may have been removed since it was listed.
        await readFile(path.join(each.parentPath, each.name), 'utf8').catch(() => ''),
        new RegExp(`${password}|${token}`),
        each.name,
      );
  },
);

void t.test('creates an environment once for concurrent builds', async (t) => {
  const scene = await rattlerScene(t, [pythonPackage(), modulePackage('mod')]);
  if (scene === undefined) return;
  const ended = await Promise.all([1, 2, 3].map(async () => await scene.build({ specs: ['mod'] })));
  t.equal(new Set(ended.map(({ result }) => (result.outcome === 'built' ? result.hash : ''))).size, 1);
  t.equal(ended.filter(({ log }) => log.includes('Installing 2 packages')).length, 1);
  const { folder } = GenerationStore.of(path.join(scene.dataDir, 'agent/conda'), 'tenant one');
  t.equal(readdirSync(folder).filter((name) => BUILD_ID.test(name)).length, 1);
  t.equal(
    scene.channel.asked.filter((each) => each.includes('mod-1.0')).length,
    1,
    'the package was fetched once',
  );
});

for (const tool of ['uv', 'pip'] as const) {
  void t.test(
    `refuses a pip package that has only a source distribution, without running its code, with ${tool}`,
    async (t) => {
      const tools = await condaTools();
      if (
        !required(t, typeof tools !== 'string', typeof tools === 'string' ? tools : 'uv') ||
        typeof tools === 'string'
      )
        return;
      const folder = ownFolder(t);
      await chmod(folder, 0o777);
      await mkdir(path.join(folder, 'source-1.0'));
      await writeFile(
        path.join(folder, 'source-1.0/setup.py'),
        `open(${JSON.stringify(path.join(folder, 'ran'))}, "w")\nfrom setuptools import setup\nsetup(name="source", version="1.0")\n`,
      );

      execFileSync('tar', ['-C', folder, '-czf', path.join(folder, 'source.tar.gz'), 'source-1.0']);
      const bytes = await readFile(path.join(folder, 'source.tar.gz'));
      const hash = createHash('sha256').update(bytes).digest('hex');
      const server = createServer((request, response) => {
        if (request.url === '/simple/source/')
          response
            .writeHead(200, { 'content-type': 'text/html' })
            .end(`<a href="/source-1.0.tar.gz#sha256=${hash}">source-1.0.tar.gz</a>`);
        else if (request.url === '/source-1.0.tar.gz') response.end(bytes);
        else response.writeHead(404).end();
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      t.teardown(() => void server.close().closeAllConnections());
      const pipIndex = `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple`;
      const searched = tool === 'uv' ? `${tools.bin}:/usr/bin:/bin` : '/usr/bin:/bin';
      const { build } = await condaScene(t, [], { conda: { searched, backend: 'venv', pipIndex } });
      const { result } = await build({ pip: ['source'] }, 'failed');
      t.match(result, { outcome: 'failed', step: 'pip', failed: [{ name: 'source' }] });
      t.notOk(existsSync(path.join(folder, 'ran')));
    },
  );
}
