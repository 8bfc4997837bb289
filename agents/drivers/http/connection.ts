import { isIP, connect as connectTcp, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { CallError, codeOf, shown, unreachable, type Target, type Targets } from './reach.js';
import { trusted } from './trusted.js';

const CONNECT_MS = 30_000;

/** Opens a connection for a single call to one of the resolved addresses. The name is not resolved again, so the target cannot change. */
export async function connect(
  target: Target,
  reach: Pick<Targets, 'check'>,
  signal: AbortSignal,
): Promise<Socket> {
  const { url, host, port } = target;
  const tcp = connectTcp({ host, port, lookup: lookedUp(target), autoSelectFamily: true });
  tcp.setTimeout(CONNECT_MS, () => tcp.destroy(Object.assign(new Error('silent'), { code: 'ETIMEDOUT' })));
  let socket: Socket = tcp;
  try {
    await happened(tcp, 'connect', signal);
    reach.check(target, tcp.remoteAddress);
    if (url.protocol === 'https:') {
      const tls = connectTls({
        socket: tcp,
        host,
        ALPNProtocols: ['http/1.1'],
        ...trusted(),
        ...(isIP(host) === 0 && { servername: host }),
      });
      socket = tls;
      await happened(tls, 'secureConnect', signal);
    }
    tcp.setTimeout(0);
    return socket;
  } catch (error) {
    socket.destroy();
    tcp.destroy();
    if (error instanceof CallError || signal.aborted) throw error;
    // A server that accepted the connection is an allowed target, so details about its certificate may be shown.
    const code = codeOf(error instanceof AggregateError ? error.errors[0] : error);
    if (socket === tcp)
      throw unreachable(
        url,
        `the connection failed (${code})`,
        `connecting to ${target.addresses.join(', ')} failed`,
        error,
      );
    throw new CallError(`cannot connect to ${shown(target)} (${code})`, { cause: error });
  }
}

function lookedUp({ addresses }: Target): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, options, callback) => {
    const [first] = found;
    if (options.all === true || first === undefined) callback(null, found);
    else callback(null, first.address, first.family);
  };
}

function happened(socket: Socket, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => settle(() => reject(new Error('aborted')));
    const failed = (error: Error): void => settle(() => reject(error));
    const closed = (): void => settle(() => reject(new Error('closed the connection')));
    const done = (): void => settle(resolve);
    const settle = (then: () => void): void => {
      socket.off('error', failed).off('close', closed).off(event, done);
      signal.removeEventListener('abort', aborted);
      // The caller handles later errors. This listener only prevents an unhandled 'error' event.
      socket.on('error', () => undefined);
      then();
    };
    socket.on('error', failed).on('close', closed).on(event, done);
    signal.addEventListener('abort', aborted, { once: true });
    if (signal.aborted) aborted();
  });
}
