import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CHALLENGE_HEADER,
  STATUS_HEADER,
  type AllocationOrder,
  type AllocationReport,
  type Heartbeat,
  type Registration,
} from '#domain/protocol/index.js';
import { allocationsDigest } from '#agents/platform/digest.js';
import { readProof } from '#agents/platform/transport/agent-proof.js';
import {
  channelKeyOf,
  seal,
  SEALED_HEADER,
  SEALED_VERSION,
} from '#agents/platform/transport/sealed-message.js';
import { PATIENCE } from '../../fixtures/eventually.js';

/** The agent's peer: it serves the three calls of an agent without a real server. */
export class PeerServer {
  readonly registrations: Registration[] = [];
  readonly heartbeats: Heartbeat[] = [];
  readonly desired = new Map<string, AllocationOrder>();
  readonly reports = new Map<string, AllocationReport>();
  /** All distinct statuses of an allocation in order. */
  readonly history = new Map<string, string[]>();
  epoch = 0;
  /** Sent to the node with each response, while set. */
  secret: string | undefined;
  /** Needed only for agents that have a join token: replies to them are sealed. */
  joinToken: string | undefined;
  /** Reported as parts of Muster with each response, while set. */
  ownParts: string | undefined;
  /** Id of the log, sent with each response, while set. */
  log: string | undefined;
  fetched = 0;
  /** Status to respond with instead, while set. */
  refuse: number | undefined;
  refused = 0;
  /** Responses to heartbeats wait for it, while set. */
  hold: Promise<void> | undefined;
  readonly #server: Server;
  readonly #sockets = new Set<{ destroy(): void }>();
  #port: number;

  private constructor(port: number) {
    this.#port = port;
    this.#server = createServer((request, response) => this.#receive(request, response));
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** Listens on the port, or any free one. A test that lets it listen again later gives a port that nothing else takes. */
  static async start(port = 0): Promise<PeerServer> {
    const peer = new PeerServer(port);
    await peer.listen();
    return peer;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  want(...orders: AllocationOrder[]): void {
    for (const order of orders) this.desired.set(order.allocation_id, order);
  }

  unwant(...ids: string[]): void {
    for (const id of ids) this.desired.delete(id);
  }

  /** Resolves to an allocation's report with one of these statuses. */
  async reported(id: string, ...statuses: string[]): Promise<AllocationReport> {
    let report: AllocationReport | undefined;
    await until(
      () => {
        report = this.reports.get(id);
        return report !== undefined && statuses.includes(report.status);
      },
      () => `${id} is ${JSON.stringify(report)}, not ${statuses.join(' or ')}`,
    );
    if (report === undefined) throw new Error('unreachable');
    return report;
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      if (this.refuse !== undefined) {
        this.refused += 1;
        return this.#answer(request, response, this.refuse, { error: 'refused for the test' });
      }
      const proof = readProof(request.headers.authorization);
      if (proof !== undefined && proof.challenge === undefined)
        return void response.writeHead(428, { [CHALLENGE_HEADER]: 'challenge' }).end('{"error":"challenge"}');
      const epoch = Number(request.headers['x-muster-epoch']);
      if (request.method === 'POST' && request.url === '/register') {
        this.registrations.push(JSON.parse(text) as Registration);
        this.epoch += 1;
        return this.#answer(request, response, 200, { message: 'Node registered successfully' });
      }
      if (this.epoch === 0) return this.#answer(request, response, 400, { error: 'node_id: not registered' });
      if (epoch !== this.epoch) return this.#answer(request, response, 409, { error: 'stale epoch' });
      if (request.method === 'POST' && request.url === '/heartbeat') {
        this.#heard(JSON.parse(text) as Heartbeat);
        const answer = (): void => this.#answer(request, response, 200, { message: 'Heartbeat received' });
        if (this.hold === undefined) return answer();
        void this.hold.then(answer);
        return;
      }
      this.fetched += 1;
      const allocations = [...this.desired.values()];
      return this.#answer(request, response, 200, {
        node_id: this.registrations[0]?.node_id,
        epoch: this.epoch,
        digest: allocationsDigest(this.desired.keys()),
        allocations,
      });
    });
  }

  #heard(heartbeat: Heartbeat): void {
    this.heartbeats.push(heartbeat);
    for (const [id, report] of Object.entries(heartbeat.allocations ?? {})) {
      this.reports.set(id, report);
      const statuses = this.history.get(id) ?? [];
      if (statuses.at(-1) !== report.status) this.history.set(id, [...statuses, report.status]);
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse, status: number, body: unknown): void {
    const fields = {
      'x-muster-epoch': String(this.epoch),
      'x-muster-desired-digest': allocationsDigest(this.desired.keys()),
      ...(this.secret !== undefined && { 'x-muster-node-secret': this.secret }),
      ...(this.ownParts !== undefined && { 'x-muster-own-parts': this.ownParts }),
      ...(this.log !== undefined && { 'x-muster-log': this.log }),
    };
    const text = JSON.stringify(body);
    const { id, key: name } = readProof(request.headers.authorization) ?? {};
    if (id === undefined) {
      response.writeHead(status, { 'content-type': 'application/json', ...fields }).end(text);
      return;
    }
    const key = [this.joinToken, this.secret]
      .map((secret) => (secret === undefined ? undefined : channelKeyOf(secret)))
      .find((each) => each?.name === name);
    if (key === undefined) throw new Error(`the agent uses an unknown key: ${name ?? ''}`);
    const place = {
      direction: 'reply',
      subject: `${request.method ?? ''} ${request.url ?? ''}`,
      id,
    } as const;
    const sealed = { fields: { ...fields, [STATUS_HEADER]: String(status) }, body: Buffer.from(text) };
    response.writeHead(status, { [SEALED_HEADER]: SEALED_VERSION }).end(seal(key, place, sealed));
  }
}

/** Waits for a condition, by default for at most ten seconds on an idle machine. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  problem: () => string = () => 'the condition did not become true',
  seconds = 10,
): Promise<void> {
  const deadline = performance.now() + seconds * 1000 * PATIENCE;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(problem());
    await sleep(5);
  }
}
