import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import type { TaskSpec } from '#agents/drivers/driver.js';
import { CallLog } from '#agents/drivers/http/call-log.js';
import { parseEndpointList } from '#agents/platform/endpoint-list.js';
import { HttpDriver } from '#agents/drivers/http/http-driver.js';
import { OwnParts } from '#agents/drivers/http/own-parts.js';
import { Reach } from '#agents/drivers/http/reach.js';
import type { ProxyVariables } from '#agents/drivers/http/proxy.js';
import type { AgentLog } from '#agents/platform/log.js';
import { systemResolve, type Resolve } from '#agents/drivers/http/resolve.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { httpDriver, type HttpConfig } from '#domain/drivers/http/index.js';

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Peer {
  readonly port: number;
  readonly url: string;
  readonly seen: Seen[];
  readonly server: Server;
}

export async function listen(
  t: Test,
  answer: (response: ServerResponse, seen: Seen) => void,
  host = '127.0.0.1',
): Promise<Peer> {
  const seen: Seen[] = [];
  const listener: RequestListener = (request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const told = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
      seen.push(told);
      answer(response, told);
    });
  };
  const server = createServer(listener).listen(0, host);
  await once(server, 'listening');
  t.teardown(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://${host}:${port}`, seen, server };
}

export interface SceneOptions {
  readonly allowed?: string;
  readonly resolve?: Resolve;
  readonly clock?: Clock;
  readonly proxies?: ProxyVariables;
  readonly log?: Pick<AgentLog, 'info'>;
}

export async function setUp(
  t: Test,
  {
    allowed = '127.0.0.0/8,::1/128',
    resolve = systemResolve,
    clock = systemClock,
    proxies,
    log,
  }: SceneOptions = {},
) {
  const directory = await mkdtemp(path.join(tmpdir(), 'msthttp-'));
  const lives: AbortController[] = [];
  const closed: (() => Promise<void>)[] = [];
  // Pending requests do not keep a test alive; this does.
  const alive = new AbortController();
  void systemClock.sleep(60_000, alive.signal);
  t.teardown(async () => {
    alive.abort();
    for (const life of lives) life.abort();
    for (const close of closed) await close();
    await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  });
  /** Opens an agent's driver; the next call opens that of a later agent. */
  const open = async (): Promise<{ driver: HttpDriver; life: AbortController }> => {
    const life = new AbortController();
    lives.push(life);
    const reach = new Reach(parseEndpointList(allowed), new OwnParts(() => [], resolve), resolve);
    const calls = await CallLog.open(path.join(directory, 'calls.log'));
    closed.push(() => calls.close());
    return { driver: new HttpDriver({ calls, reach, clock, life: life.signal, proxies, log }), life };
  };
  let made = 0;
  const spec = (config: Record<string, unknown>, env?: Record<string, string>): TaskSpec<HttpConfig> => {
    made += 1;
    return {
      nodeId: 'n',
      epoch: 1,
      allocationId: `a${made}`,
      jobId: 'j',
      group: 'g',
      gpuDevices: [],
      directory: path.join(directory, `a${made}`, 'main'),
      task: { name: 'main', driver: 'http', ...(env !== undefined && { env }) },
      config: httpDriver.config.parse(config),
    };
  };
  const { driver } = await open();
  const logOf = async (
    of: TaskSpec,
    stream: 'stdout' | 'stderr' = 'stdout',
    by = driver,
  ): Promise<string> => {
    const parts: Uint8Array[] = [];
    for await (const part of by.logs(of, { stream, follow: false }, () => true, alive.signal))
      parts.push(part);
    return Buffer.concat(parts).toString();
  };
  const run = async (config: Record<string, unknown>, env?: Record<string, string>) =>
    await (
      await driver.start(spec(config, env))
    ).exit;
  return { driver, open, spec, run, logOf };
}
