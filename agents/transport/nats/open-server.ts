import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

const TIMEOUT_MS = 3_000;
const MAX_GREETING = 65_536;
const HELLO =
  'CONNECT {"verbose":false,"pedantic":false,"lang":"node","version":"1","protocol":1,"name":"muster: is NATS open?"}\r\nPING\r\n';

/**
 * Whether a NATS server accepts a client without credentials, determined by trying: its announcement does not tell of a default user
 * (`no_auth_user`). The certificate is not checked, since nothing secret is sent. Returns false if the server is unreachable.
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
    // A server that refuses sends `-ERR` and closes; one that accepts answers the ping.
    return (await readUntil(socket, /(?:^|\r\n)(?:PONG|-ERR.*)\r\n/))?.includes('PONG\r\n') === true;
  } finally {
    plain.destroy();
  }
}

/** Reads until the pattern matches; undefined at the end, on an error or after the timeout. */
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
