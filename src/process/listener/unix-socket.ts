import { chmodSync, lstatSync, statSync, unlinkSync } from 'node:fs';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, createServer, type Server as SocketServer } from 'node:net';
import path from 'node:path';
import { socketPathOf } from '#agents/platform/transport/server-address.js';
import { markOverSocket } from '#src/http/index.js';
import { hasCode } from '#agents/platform/error-code.js';

const OWNER_AND_GROUP = 0o660;
const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;

/**
 * Serves the connections of a Unix socket in addition to those of the HTTP server's port. Only the socket's owner and group may connect. The socket of a
 * server that was killed is replaced; one that a program still listens at is not.
 */
export async function listenAtSocket(http: Server, url: string): Promise<SocketServer> {
  const file = socketPathOf(url);
  const { mode } = statSync(path.dirname(file));
  if ((mode & WRITABLE_BY_OTHERS) !== 0 && (mode & STICKY) === 0)
    throw new Error(
      `MUSTER_LISTEN: other users may replace the socket ${file}: chmod go-w ${path.dirname(file)}`,
    );
  await removeAbandoned(file);
  const server = createServer((socket) => {
    markOverSocket(socket);
    http.emit('connection', socket);
  });
  server.listen(file);
  await once(server, 'listening');
  chmodSync(file, OWNER_AND_GROUP);
  return server;
}

async function removeAbandoned(file: string): Promise<void> {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw new Error(`MUSTER_LISTEN: ${file} is not a socket`);
  const probe = connect(file);
  try {
    await once(probe, 'connect');
  } catch (error) {
    if (!hasCode(error, 'ECONNREFUSED')) throw error;
    unlinkSync(file);
    return;
  } finally {
    probe.destroy();
  }
  throw new Error(`MUSTER_LISTEN: another program listens at ${file}`);
}
