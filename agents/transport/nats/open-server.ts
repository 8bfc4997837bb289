import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** Milliseconds without a word from the server. */
const TIMEOUT_MS = 3_000;
/** Characters of a server's greeting. */
const MAX_GREETING = 65_536;
const HELLO = 'CONNECT {"verbose":false,"pedantic":false,"lang":"node","version":"1","protocol":1,"name":"muster: is NATS open?"}\r\nPING\r\n';

/**
 * Whether a NATS server lets in a client that sends no credentials, found out by trying: what a server announces does not tell of a user that it takes
 * such clients for (`no_auth_user`). Its certificate is not checked, because nothing secret is sent. False where it cannot be reached.
 */
export async function letsInAnybody(host: string, port: number): Promise<boolean> {
  const plain = connect({ host, port });
  try {
    const greeting = await readUntil(plain, /^INFO .*\r\n/);
    if (greeting === undefined) return false;
    const socket = /"tls_required"\s*:\s*true/.test(greeting) ? connectTls({ socket: plain, rejectUnauthorized: false }) : plain;
    socket.write(HELLO);
    // A server that refuses says `-ERR` and closes; one that has let the client in answers the ping.
    return (await readUntil(socket, /(?:^|\r\n)(?:PONG|-ERR.*)\r\n/))?.includes('PONG\r\n') === true;
  } finally {
    plain.destroy();
  }
}

/** What the server says until the pattern is in it; undefined where it ends, fails, or takes too long. */
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
