import { connect, type Socket } from 'node:net';

const SEPARATOR = Buffer.from('\r\n\r\n');
const LENGTH = /\r\ncontent-length: *(\d+)/i;
const CLOSED = /\r\nconnection: *close/i;

/**
 * Sends one request at a time over a keep-alive HTTP/1.1 connection, and opens another one if the server closes it. It parses only the status and the
 * length: it shares two cores with the server under test, and a full client would use half of one.
 */
export class Connection {
  #socket: Socket;
  #isLast = false;
  #pending: Buffer | undefined;
  #settle: ((status: number, body: Buffer) => void) | undefined;
  #fail: ((error: Error) => void) | undefined;

  private constructor(
    private readonly host: string,
    private readonly port: number,
  ) {
    this.#socket = this.#connect();
  }

  static async open(host: string, port: number): Promise<Connection> {
    const connection = new Connection(host, port);
    const socket = connection.#socket;
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return connection;
  }

  /** Sends a complete request and calls back with the response. */
  send(request: string, settle: (status: number, body: Buffer) => void, fail: (error: Error) => void): void {
    this.#settle = settle;
    this.#fail = fail;
    if (this.#isLast) this.#socket = this.#connect();
    this.#socket.write(request);
  }

  #connect(): Socket {
    this.#isLast = false;
    const socket = connect(this.port, this.host).setNoDelay(true);
    const fail = (error: Error): void => {
      if (this.#socket === socket && !this.#isLast) this.#fail?.(error);
    };
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', fail);
    socket.on('close', () => fail(new Error('connection closed')));
    return socket;
  }

  close(): void {
    this.#fail = undefined;
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    const data = this.#pending === undefined ? chunk : Buffer.concat([this.#pending, chunk]);
    const end = data.indexOf(SEPARATOR);
    const head = end < 0 ? '' : data.toString('latin1', 0, end);
    const length = LENGTH.exec(head)?.[1];
    if (end >= 0 && length === undefined) {
      this.#fail?.(new Error(`an answer without content-length: ${head}`));
      return;
    }
    const whole = end + SEPARATOR.length + Number(length);
    if (end < 0 || data.length < whole) {
      this.#pending = data;
      return;
    }
    this.#pending = undefined;
    this.#isLast = CLOSED.test(head);
    this.#settle?.(Number(head.slice(9, 12)), data.subarray(end + SEPARATOR.length, whole));
  }
}

export function requestText(
  method: string,
  path: string,
  body?: string,
  headers: Readonly<Record<string, string>> = {},
): string {
  const lines = Object.entries({ host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}`);
  if (body !== undefined)
    lines.push('content-type: application/json', `content-length: ${Buffer.byteLength(body)}`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body ?? ''}`;
}
