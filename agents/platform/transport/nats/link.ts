import {
  ErrorCode,
  Events,
  NatsError,
  type Msg,
  type MsgHdrs,
  type NatsConnection,
  type Subscription,
} from 'nats';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { TrustedPeers } from '../../listener/trusted-peers.js';
import { errorFields, type AgentLog } from '../../log.js';
import { BackOff } from '../../back-off.js';
import { problemOf } from '../body.js';
import { connectChecked } from './checked-transport.js';
import { letsInAnybody } from './open-server.js';
import { checkNatsUrls, connectionOptions } from './options.js';

export interface NatsLinkOptions {
  readonly url: string;
  /** Whether to use a NATS server that accepts clients without credentials. Default: false. */
  readonly acceptOpen?: boolean | undefined;
  /** Whose NATS servers on this machine receive the credentials. */
  readonly peers?: TrustedPeers | undefined;
  readonly name: string;
  readonly inbox?: string;
  readonly clock: Clock;
  readonly log: AgentLog;
  readonly random: () => number;
}

export interface NatsSubscription {
  end(): void;
}

export interface NatsLinkStatus {
  readonly connected: boolean;
  readonly reconnects: number;
  readonly problem: string | undefined;
  readonly version: string | undefined;
}

export interface PublishOptions {
  readonly headers?: MsgHdrs;
  readonly reply?: string;
}

/** A NATS connection that connects and reconnects automatically. It does not buffer messages while disconnected. */
export interface NatsLink {
  status(): NatsLinkStatus;
  /** Calls the listener immediately if connected, and after each (re)connection. Returns a function that removes the listener. */
  onConnected(listener: (connection: NatsConnection) => void): () => void;
  /** Subscribes immediately or once connected, and again after each outage. `receive` must not throw. */
  subscribe(subject: string, queue: string | undefined, receive: (message: Msg) => void): NatsSubscription;
  publish(subject: string, payload: Uint8Array | string, options?: PublishOptions): boolean;
  request(
    subject: string,
    payload: Uint8Array | string,
    headers: MsgHdrs,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<Msg>;
  /** Size of the largest message that the server accepts, in bytes, including headers. */
  maxPayload(): number;
  flush(timeoutMs: number): Promise<boolean>;
  /** Resolves to true once connected, or false after `timeoutMs` or when the signal aborts. */
  whenConnected(timeoutMs: number, signal?: AbortSignal): Promise<boolean>;
  close(): Promise<void>;
}

const DEFAULT_MAX_PAYLOAD = 1_048_576;
const DRAIN_MS = 1_000;
const OPEN =
  'the NATS server accepts clients without credentials; set up users there, or set MUSTER_NATS_WITHOUT_CREDENTIALS=accept';
const PROBLEMS: Readonly<Record<string, string>> = {
  [ErrorCode.NoResponders]: 'there is no subscriber',
  [ErrorCode.Timeout]: 'no response in time',
  [ErrorCode.MaxPayloadExceeded]: 'larger than the max_payload of the NATS server',
};

interface Wanted {
  readonly subject: string;
  readonly queue: string | undefined;
  readonly receive: (message: Msg) => void;
  live: Subscription | undefined;
}

/** `server`: `host:port`, in the format that the client uses. */
async function isOpen(server: string): Promise<boolean> {
  const { hostname, port } = new URL(`nats://${server}`);
  return await letsInAnybody(hostname.replace(/^\[|\]$/g, ''), Number(port));
}

/** Starts to connect and returns immediately. NATS may become available later. Throws only if the URL is unusable. */
export function openNats({
  url,
  acceptOpen = false,
  peers = new TrustedPeers(),
  name,
  inbox,
  clock,
  log,
  random,
}: NatsLinkOptions): NatsLink {
  const bad = checkNatsUrls(url);
  if (bad !== undefined) throw new Error(`MUSTER_NATS_URL: ${bad}`);
  const closing = new AbortController();
  const wanted = new Set<Wanted>();
  const listeners = new Set<(connection: NatsConnection) => void>();
  /** Pending requests. The client itself would leave them pending if the connection breaks. */
  const waiting = new Set<(error: Error) => void>();
  let connection: NatsConnection | undefined;
  let connected = false;
  let attached: NatsConnection | undefined;
  let connections = 0;
  let outages = 0;
  let problem: string | undefined = 'not connected yet';

  function attach(each: Wanted, to: NatsConnection): void {
    const { subject, queue, receive } = each;
    each.live = to.subscribe(subject, {
      ...(queue === undefined ? {} : { queue }),
      callback: (error, message) => {
        if (error === null) receive(message);
        else log.error({ subject, ...errorFields(error) }, 'nats.subscription-failed');
      },
    });
  }

  /** Uses a new connection, unless the server accepts clients without credentials. */
  async function arrived(at: NatsConnection): Promise<void> {
    const before = outages;
    if (!acceptOpen && (at.info?.auth_required !== true || (await isOpen(at.getServer())))) {
      refuseOpen(at);
      return;
    }
    // The connection has broken in the meantime. The next one is checked again.
    if (outages !== before || at.isClosed()) return;
    if (attached !== at) {
      attached = at;
      for (const each of wanted) attach(each, at);
    }
    connected = true;
    connections += 1;
    problem = undefined;
    log.info({ version: at.info?.version, connections }, 'nats.connected');
    for (const listener of listeners) listener(at);
  }

  /** Any client of such a server could impersonate a Muster server or read all events. */
  function refuseOpen(at: NatsConnection): void {
    if (problem !== OPEN) log.error({ server: at.getServer() }, 'nats.open');
    gone(OPEN);
    void at.close();
  }

  function gone(why: string): void {
    outages += 1;
    if (connected && !closing.signal.aborted) log.warn({ problem: why }, 'nats.disconnected');
    connected = false;
    problem = why;
    for (const reject of waiting) reject(new Error(why));
  }

  async function watch(at: NatsConnection): Promise<void> {
    for await (const status of at.status()) {
      if (status.type === Events.Disconnect) gone('the connection broke');
      else if (status.type === Events.Reconnect) await arrived(at);
      else if (status.type === Events.Error) log.warn({ problem: String(status.data) }, 'nats.error');
    }
  }

  function unreachable(error: unknown): void {
    const why = problemOf(error);
    if (problem !== why) log.warn({ problem: why }, 'nats.unreachable');
    problem = why;
  }

  async function keep(): Promise<void> {
    const backOff = new BackOff(200, 5_000, random);
    while (!closing.signal.aborted) {
      try {
        const made = await connectChecked(connectionOptions(url, name, random, inbox), peers, unreachable);
        if (closing.signal.aborted) return await made.close();
        connection = made;
        // This is not awaited, because the client never ends this iterator after a close.
        void watch(made);
        await arrived(made);
        if (connected) backOff.reset();
        // The client reconnects automatically. If it ever gives up, open another connection.
        const error = await made.closed();
        if (problem !== OPEN) gone(error instanceof Error ? error.message : 'closed');
        connection = undefined;
      } catch (error) {
        unreachable(error);
      }
      if (!closing.signal.aborted) await clock.sleep(backOff.next(), closing.signal);
    }
  }

  const kept = keep();
  return {
    status: () => ({
      connected,
      reconnects: Math.max(0, connections - 1),
      problem,
      version: connected ? connection?.info?.version : undefined,
    }),
    onConnected(listener) {
      listeners.add(listener);
      if (connected && connection !== undefined) listener(connection);
      return () => void listeners.delete(listener);
    },
    subscribe(subject, queue, receive) {
      const each: Wanted = { subject, queue, receive, live: undefined };
      wanted.add(each);
      if (attached?.isClosed() === false) attach(each, attached);
      return {
        end() {
          wanted.delete(each);
          each.live?.unsubscribe();
        },
      };
    },
    publish(subject, payload, options = {}) {
      if (!connected || connection === undefined) return false;
      try {
        connection.publish(subject, payload, options);
        return true;
      } catch (error) {
        log.warn({ subject, ...errorFields(error) }, 'nats.not-sent');
        return false;
      }
    },
    async request(subject, payload, headers, timeoutMs, signal) {
      const at = connection;
      if (!connected || at === undefined) throw new Error(`no connection to NATS: ${problem ?? ''}`);
      if (signal?.aborted === true) throw new Error('the request was cancelled');
      let end = (): void => undefined;
      try {
        return await new Promise<Msg>((resolve, reject) => {
          const giveUp = (): void => reject(new Error('the request was cancelled'));
          end = () => {
            waiting.delete(reject);
            signal?.removeEventListener('abort', giveUp);
          };
          waiting.add(reject);
          signal?.addEventListener('abort', giveUp);
          at.request(subject, payload, { headers, timeout: timeoutMs }).then(resolve, reject);
        });
      } catch (error) {
        const said = error instanceof NatsError ? PROBLEMS[error.code] : undefined;
        throw said === undefined ? error : new Error(said, { cause: error });
      } finally {
        end();
      }
    },
    maxPayload: () => connection?.info?.max_payload ?? DEFAULT_MAX_PAYLOAD,
    async flush(timeoutMs) {
      if (!connected || connection === undefined) return false;
      const over = new AbortController();
      const flushed = connection.flush().then(
        () => true,
        () => false,
      );
      const answer = await Promise.race([flushed, clock.sleep(timeoutMs, over.signal).then(() => false)]);
      over.abort();
      return answer;
    },
    async whenConnected(timeoutMs, signal) {
      if (connected) return true;
      const over = new AbortController();
      const end = (): void => over.abort();
      listeners.add(end);
      for (const each of [closing.signal, signal]) each?.addEventListener('abort', end);
      if (!closing.signal.aborted && signal?.aborted !== true) await clock.sleep(timeoutMs, over.signal);
      listeners.delete(end);
      for (const each of [closing.signal, signal]) each?.removeEventListener('abort', end);
      return connected;
    },
    async close() {
      closing.abort();
      const last = connection;
      if (last !== undefined && !last.isClosed()) {
        const patience = new AbortController();
        // Draining a disconnected client would wait until it reconnects.
        const drained = connected ? last.drain().catch(() => undefined) : Promise.resolve();
        await Promise.race([drained.then(() => patience.abort()), clock.sleep(DRAIN_MS, patience.signal)]);
        await last.close();
      }
      await kept;
    },
  };
}
