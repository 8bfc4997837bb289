import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

const TIMEOUT_MS = 3_000;
const MAX_GREETING = 65_536;
const HELLO =
  'CONNECT {"verbose":false,"pedantic":false,"lang":"node","version":"1","protocol":1,"name":"muster: is NATS open?"}\r\nPING\r\n';

/**
 * Returns whether a NATS server accepts a client without credentials. This is determined by trial, because the server's announcement does not mention
 * a default user (`no_auth_user`). The certificate is not checked, because nothing secret is sent. Returns false if the server is unreachable.
 */
export async function letsInAnybody(host: string, port: number): Promise<boolean> {
  const plain = connect({ host, port });
  try {
    const greeting = await readUntil(plain, /^INFO .*\r\n/);
    if (greeting === undefined) return false;
    const socket = /"tls_required"\s*:\s*true/.test(greeting)
      ? connectTls({ socket: plain, rejectUnauthorized: false })
      : plain;
    socket.write(HELLO);
    // A server that refuses the client sends `-ERR` and closes. A server that accepts it responds to the ping.
    return (await readUntil(socket, /(?:^|\r\n)(?:PONG|-ERR.*)\r\n/))?.includes('PONG\r\n') === true;
  } finally {
    plain.destroy();
  }
}

/** Reads until the pattern matches. Returns undefined at the end, on an error or after the timeout. */
function readUntil(socket: Socket, pattern: RegExp): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = '';
    const done = (found: string | undefined): void => {
      socket.off('data', read);
      resolve(found);
    };
    const read = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      if (pattern.test(text)) done(text);
      else if (text.length > MAX_GREETING) done(undefined);
    };
    socket.on('data', read);
    socket.setTimeout(TIMEOUT_MS, () => done(undefined));
    for (const end of ['error', 'close']) socket.on(end, () => done(undefined));
  });
}
