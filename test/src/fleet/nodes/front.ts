import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';
import { MusterError } from '#domain/kernel/errors/index.js';
import { heartbeat, registration } from '#domain/protocol/index.js';
import type { NodeCommands } from '#src/fleet/nodes/node-commands.js';
import { context } from './cluster.js';

/** Serves the two requests of agents over HTTP. A change of `behind` replaces the server. */
export class Front {
  readonly #server = createServer((request, response) => {
    void this.#answer(request).then(
      ([status, body]) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      () => response.destroy(),
    );
  });

  constructor(public behind: NodeCommands | undefined) {}

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async listen(t: Test): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    t.teardown(() => {
      this.#server.closeAllConnections();
      return new Promise((resolve) => this.#server.close(resolve));
    });
    return this;
  }

  async #answer(request: IncomingMessage): Promise<[number, unknown]> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
    try {
      if (this.behind === undefined) return [503, { error: 'no server' }];
      if (request.url === '/register')
        await this.behind.register(registration.parse(body), { ours: false }, context());
      else await this.behind.heartbeat(heartbeat.parse(body), { ours: false }, context());
      return [200, { message: 'ok' }];
    } catch (error) {
      return [error instanceof MusterError ? error.status : 500, { error: String(error) }];
    }
  }
}
