import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownFolder } from '../fixtures/folder.js';
import { freePort } from '../fixtures/free-port.js';
import { Program } from '../fixtures/program.js';
import type { Scope } from '../fixtures/scope.js';
import { selfSigned } from '../fixtures/self-signed.js';
import { eventually } from '../fixtures/eventually.js';
import { ROOT } from './compose-file.js';

const SITE = readFileSync(join(ROOT, 'deploy/nginx/muster.conf'), 'utf8');

export const hasNginx = spawnSync('nginx', ['-v']).status === 0;

/** A running nginx with the site of deploy/nginx. Only its ports and the paths of the certificate and key differ. */
export interface Nginx {
  /** HTTPS address on this machine. */
  readonly url: string;
  readonly port: number;
  readonly plainPort: number;
  /** File with its self-signed certificate, for `NODE_EXTRA_CA_CERTS`. */
  readonly certFile: string;
  readonly cert: string;
}

/** `socket`: the Unix socket of the server. */
export async function startNginx(t: Scope, socket: string): Promise<Nginx> {
  const folder = ownFolder(t);
  const { certFile, keyFile, cert } = selfSigned(t);
  const [port, plainPort] = [await freePort(), await freePort()];
  const site = SITE.replace('server unix:/run/muster/server.sock', `server unix:${socket}`)
    .replace(/listen \[::\].*\n/g, '')
    .replace('listen 443', `listen 127.0.0.1:${port}`)
    .replace('listen 80', `listen 127.0.0.1:${plainPort}`)
    .replace('/etc/ssl/muster/cert.pem', certFile)
    .replace('/etc/ssl/muster/key.pem', keyFile);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join('\n');
  mkdirSync(join(folder, 'conf'));
  writeFileSync(join(folder, 'conf/site.conf'), site);
  writeFileSync(
    join(folder, 'conf/nginx.conf'),
    `daemon off;\nuser root;\npid ${folder}/pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n${temporary}\ninclude ${folder}/conf/site.conf;\n}\n`,
  );
  const nginx = Program.start({
    command: 'nginx',
    args: ['-e', 'stderr', '-c', join(folder, 'conf/nginx.conf')],
  });
  t.teardown(async () => {
    if (!t.passing()) t.comment(`nginx:\n${nginx.tail()}`);
    await nginx.end('SIGTERM');
  });
  await eventually(
    async () => {
      if (nginx.status !== undefined) throw new Error(`nginx has ended\n${nginx.tail()}`);
      return (await fetch(`http://127.0.0.1:${plainPort}/`, { redirect: 'manual' })).status === 308;
    },
    { timeout: 30_000, what: 'nginx' },
  );
  return { url: `https://localhost:${port}`, port, plainPort, certFile, cert };
}
