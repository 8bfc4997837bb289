import { isIP, connect as connectTcp, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { CallError, codeOf, shown, unreachable, type Reach, type Target } from './reach.js';

const CONNECT_MS = 30_000;

/** Opens a connection for a single call to one of the resolved addresses. The name is not resolved again, so it cannot lead elsewhere. */
export async function connect(
  target: Target,
  reach: Pick<Reach, 'check'>,
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
    // A server that accepted the connection is allowed, so details of its certificate may be shown.
    const code = codeOf(error instanceof AggregateError ? error.errors[0] : error);
    if (socket === tcp) throw unreachable(url, `it could not be connected to (${code})`, error);
    throw new CallError(`${shown(target)} could not be connected to (${code})`, { cause: error });
  }
}

/** Returns the addresses that were resolved before. Node does not look up literal addresses. */
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
      // Later errors are handled by the call, but none may be unhandled.
      socket.on('error', () => undefined);
      then();
    };
    socket.on('error', failed).on('close', closed).on(event, done);
    signal.addEventListener('abort', aborted, { once: true });
    if (signal.aborted) aborted();
  });
}
