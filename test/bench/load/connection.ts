import { connect, type Socket } from 'node:net';

const SEPARATOR = Buffer.from('\r\n\r\n');
const LENGTH = /\r\ncontent-length: *(\d+)/i;

/**
 * One keep-alive HTTP/1.1 connection with one request at a time. It parses only the status and the length: it shares two cores with
 * the server under test, and a full client would use half of one.
 */
export class Connection {
  readonly #socket: Socket;
  #pending: Buffer | undefined;
  #settle: ((status: number, body: Buffer) => void) | undefined;
  #fail: ((error: Error) => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', (error) => this.#fail?.(error));
    socket.on('close', () => this.#fail?.(new Error('connection closed')));
  }

  static async open(host: string, port: number): Promise<Connection> {
    const socket = connect(port, host);
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new Connection(socket);
  }

  /** Sends a complete request and calls back with the response. */
  send(request: string, settle: (status: number, body: Buffer) => void, fail: (error: Error) => void): void {
    this.#settle = settle;
    this.#fail = fail;
    this.#socket.write(request);
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
