import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { listenAtSocket } from '#src/process/listener/unix-socket.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { Program } from '../../../fixtures/program.js';
import { eventually } from '../../../fixtures/eventually.js';

function place(t: Test): { readonly folder: string; readonly file: string; readonly url: string } {
  const folder = join(ownFolder(t), 'run');
  mkdirSync(folder, { mode: 0o750 });
  const file = join(folder, 'server.sock');
  return { folder, file, url: `unix:${file}` };
}

async function get(socketPath: string): Promise<number | undefined> {
  const call = request({ socketPath, path: '/' }).end();
  const [answer] = (await once(call, 'response')) as [{ statusCode?: number; resume(): void }];
  answer.resume();
  return answer.statusCode;
}

void t.test(
  'serves requests at a socket of its owner and group, and removes it when it closes',
  async (t) => {
    const { file, url } = place(t);
    const http = createServer((_request, response) => response.writeHead(204).end());
    const server = await listenAtSocket(http, url);
    t.equal(statSync(file).mode & 0o777, 0o660);
    t.equal(await get(file), 204);
    http.closeAllConnections();
    server.close();
    await once(server, 'close');
    t.notOk(existsSync(file));
  },
);

void t.test('replaces the socket of a killed server, but not that of a living one', async (t) => {
  const { file, url } = place(t);
  const other = Program.start({
    command: process.execPath,
    args: ['-e', 'require("node:net").createServer(() => {}).listen(process.argv[1])', file],
  });
  await eventually(() => existsSync(file), { what: 'the socket of the other server' });
  const http = createServer();
  await t.rejects(listenAtSocket(http, url), /MUSTER_LISTEN: another program listens at/);
  await other.end('SIGKILL');
  t.ok(existsSync(file));
  const server = await listenAtSocket(http, url);
  server.close();
});

void t.test('refuses a file that is no socket, and a folder in which others may write', async (t) => {
  const { folder, file, url } = place(t);
  writeFileSync(file, '');
  await t.rejects(listenAtSocket(createServer(), url), /is not a socket/);
  t.ok(existsSync(file));
  chmodSync(folder, 0o770);
  await t.rejects(listenAtSocket(createServer(), url), /other users may replace the socket .*chmod go-w/);
});
