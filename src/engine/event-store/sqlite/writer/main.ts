import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import type { ErrorCode, MusterError } from '#domain/kernel/errors/index.js';
import { showEventLoop } from '#src/engine/metrics/index.js';
import { IntegrityCheck } from '#src/engine/integrity-check.js';
import { SpaceReserve } from '../../space-reserve.js';
import { openForWriting } from '../database.js';
import { SharedHead } from '../shared-head.js';
import { storeError } from '../sqlite-error.js';
import { LogWriter } from './log-writer.js';
import type {
  ControlMessage,
  WireError,
  WriteMessage,
  WriteRequest,
  WriterMessage,
  WriterStart,
} from './messages.js';

const GROUP = 1024;
const OPENER = 0;

interface Client {
  readonly slot: number;
  readonly port: MessagePort;
}

/** The writer thread. Groups form without timers: requests that arrive during a commit queue up on the ports and form the next group. */
class WriterThread {
  readonly #writer: LogWriter;
  readonly #head: SharedHead;
  readonly #clients = new Map<number, Client>();
  #fatal: MusterError | undefined;

  constructor(
    writer: LogWriter,
    head: SharedHead,
    private readonly mark: IntegrityCheck,
  ) {
    this.#writer = writer;
    this.#head = head;
    head.position = writer.head;
  }

  connect(slot: number, port: MessagePort): void {
    const client = { slot, port };
    this.#clients.set(slot, client);
    port.on('message', (message: WriteMessage | ControlMessage) => {
      this.#receive(client, message);
    });
    port.on('close', () => {
      this.#clients.delete(slot);
    });
  }

  #receive(client: Client, message: WriteMessage | ControlMessage): void {
    if ('connect' in message) {
      this.connect(message.connect.slot, message.connect.port);
      return;
    }
    if ('close' in message) {
      this.#close(client.port);
      return;
    }
    const group: Group = { clients: [], requests: [] };
    add(group, client, message);
    this.#drainInto(group);
    this.#write(group);
  }

  #drainInto(group: Group): void {
    for (const client of this.#clients.values()) {
      while (group.requests.length < GROUP) {
        const received = receiveMessageOnPort(client.port) as
          { message: WriteMessage | ControlMessage } | undefined;
        if (received === undefined) break;
        if ('requests' in received.message) add(group, client, received.message);
        else queueMicrotask(this.#receive.bind(this, client, received.message));
      }
    }
  }

  #write({ clients, requests }: Group): void {
    if (this.#fatal !== undefined) {
      tell(clients, { kind: 'fatal', error: wire(this.#fatal) });
      return;
    }
    try {
      const outcomes = this.#written(requests);
      const grown = this.#writer.head > this.#head.position;
      this.#head.position = this.#writer.head;
      const answers = new Map<
        Client,
        { kind: 'answers'; answers: number[]; refusals: (WireError & { token: number })[] }
      >();
      for (const [n, outcome] of outcomes.entries()) {
        const client = clients[n];
        const token = requests[n]?.token;
        if (client === undefined || token === undefined) continue;
        let message = answers.get(client);
        if (message === undefined)
          answers.set(client, (message = { kind: 'answers', answers: [], refusals: [] }));
        if ('error' in outcome) message.refusals.push({ token, ...wire(outcome.error) });
        else message.answers.push(token, outcome.revision, outcome.position);
      }
      for (const [{ port }, message] of answers) port.postMessage(message satisfies WriterMessage);
      if (grown) this.#tellWaiting();
      this.#writer.checkpoint();
    } catch (error) {
      this.#fatal = storeError(error);
      this.mark.drop();
      tell(this.#clients.values(), { kind: 'fatal', error: wire(this.#fatal) });
    }
  }

  #written(requests: readonly WriteRequest[]): ReturnType<LogWriter['write']> {
    try {
      return this.#writer.write(requests);
    } finally {
      this.#head.wrote();
    }
  }

  #tellWaiting(): void {
    for (const { slot, port } of this.#clients.values()) {
      if (this.#head.take(slot)) port.postMessage({ kind: 'grown' } satisfies WriterMessage);
    }
  }

  #close(opener: MessagePort): void {
    for (;;) {
      const group: Group = { clients: [], requests: [] };
      this.#drainInto(group);
      if (group.requests.length === 0) break;
      this.#write(group);
    }
    try {
      if (this.#fatal === undefined) {
        this.#writer.close();
        this.mark.closed();
      }
      opener.postMessage({ kind: 'closed' } satisfies WriterMessage);
    } catch (error) {
      this.mark.drop();
      opener.postMessage({ kind: 'fatal', error: wire(storeError(error)) } satisfies WriterMessage);
    }
    for (const { port } of [...this.#clients.values()]) port.close();
  }
}

interface Group {
  readonly clients: Client[];
  readonly requests: WriteRequest[];
}

function add(group: Group, client: Client, message: WriteMessage): void {
  for (const request of message.requests) {
    group.clients.push(client);
    group.requests.push(request);
  }
}

function tell(clients: Iterable<Client>, message: WriterMessage): void {
  for (const { port } of new Set(clients)) port.postMessage(message);
}

function wire({ code, fields }: MusterError): WireError {
  // The writer only throws store errors.
  return { code: code as ErrorCode, fields };
}

const { file, port, shared, reserveFor } = workerData as WriterStart;
try {
  showEventLoop();
  const { database, id } = openForWriting(file, randomUUID);
  const reserved = reserveFor && { reserve: new SpaceReserve(dirname(file)), ending: new Set(reserveFor) };
  reserved?.reserve.setAside();
  new WriterThread(
    new LogWriter(database, systemClock, reserved),
    new SharedHead(shared),
    new IntegrityCheck(file),
  ).connect(OPENER, port);
  port.postMessage({ kind: 'open', id } satisfies WriterMessage);
} catch (error) {
  port.postMessage({ kind: 'failed', error: wire(storeError(error)) } satisfies WriterMessage);
  port.close();
}
