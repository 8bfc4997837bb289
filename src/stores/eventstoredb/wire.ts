/**
 * The connection to EventStoreDB: TLS, finding and following the leader, reconnecting.
 *
 * Only the generated messages and stubs of `@eventstore/db-client` are used. Its connection handling searches for a leader in a promise that it does
 * not await, so an outage of all members ends the process. It also logs connection strings with their passwords, and hides why a member cannot be
 * reached. Its commands parse and rewrite JSON texts (numbers beyond 2^53 lose precision), read without a deadline, cannot filter a read of $all,
 * report `caughtUp` before the preceding events, and append through one promise bank for all clients of the process.
 */
import { readFileSync } from 'node:fs';
import {
  Channel,
  connectivityState,
  credentials as channelCredentials,
  Metadata,
  status,
  type CallOptions,
  type ChannelCredentials,
  type ClientDuplexStream,
  type ClientReadableStream,
  type ServiceError,
} from '@grpc/grpc-js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { StoreUnreachable } from '#src/engine/event-store/index.js';
import { isOfFollower, leaderNamedBy, outcomeOf } from './failure.js';
import { causeOf, findLeader } from './members.js';
import { targetOf, type StoreHost, type StoreUrl } from './store-url.js';
import {
  StreamsClient,
  type BatchMessage,
  type BatchResult,
  type ReadMessage,
  type ReadResp,
} from './wire-stubs.js';

/** A stream of messages. Read it with `for await`, which applies backpressure. */
export type Reading = ClientReadableStream<ReadResp>;

export type BatchCall = ClientDuplexStream<BatchMessage, BatchResult>;

export type Call<Answer> = (
  stub: StreamsClient,
  metadata: Metadata,
  options: CallOptions,
  done: (error: ServiceError | null, answer?: Answer) => void,
) => void;

export interface Calls {
  call<Answer>(deadlineMs: number, call: Call<Answer>): Promise<Answer>;
  read(message: ReadMessage, deadlineMs?: number): Reading;
}

/** One connection to a server, or to the leader of a cluster. It is opened on first use. */
export interface StoreClient {
  call<Answer>(deadlineMs: number, call: Call<Answer>): Promise<Answer>;
  read(message: ReadMessage, deadlineMs?: number): Promise<Reading>;
  appendBatches(): Promise<BatchCall>;
  close(): void;
  retire(): void;
}

export interface StoreClientOptions {
  readonly url: StoreUrl;
  readonly clock?: Clock;
  readonly onConnected?: (calls: Calls, host: StoreHost) => Promise<void>;
}

/** Other clients may have written messages of up to 16 MiB. */
const MAX_MESSAGE_BYTES = 17 * 1024 * 1024;
/** The maximum of a gRPC timer, about 24 days. */
const NO_PINGS_MS = 2_147_483_647;
const LEADER_ATTEMPTS = 3;

export function createStoreClient(options: StoreClientOptions): StoreClient {
  return new ReconnectingClient(options);
}

export function credentialsOf(url: StoreUrl): ChannelCredentials {
  if (!url.tls) return channelCredentials.createInsecure();
  const read = (file: string | undefined): Buffer | null => (file === undefined ? null : readFileSync(file));
  return channelCredentials.createSsl(read(url.caFile), read(url.keyFile), read(url.certFile));
}

/**
 * Call headers that refuse compression. KurrentDB 25.1 and later compress responses for every client that accepts gzip, which takes three to four
 * times the CPU time, and grpc-js always accepts gzip.
 */
export class PlainMetadata extends Metadata {
  override set(key: string, value: string | Buffer): void {
    super.set(key, key === 'grpc-accept-encoding' ? 'identity' : value);
  }

  override clone(): Metadata {
    const copy = new PlainMetadata(this.getOptions());
    copy.merge(this);
    return copy;
  }
}

class Place implements Calls {
  readonly #channel: Channel;
  readonly #stub: StreamsClient;
  #closed = false;

  constructor(
    readonly host: StoreHost,
    private readonly url: StoreUrl,
    private readonly clock: Clock,
    private readonly opened: Set<Reading | BatchCall>,
    private readonly failed: (error: unknown) => void,
  ) {
    this.#channel = new Channel(targetOf(host), credentialsOf(url), {
      'grpc.keepalive_time_ms': url.keepAliveIntervalMs < 0 ? NO_PINGS_MS : url.keepAliveIntervalMs,
      'grpc.keepalive_timeout_ms': url.keepAliveTimeoutMs < 0 ? NO_PINGS_MS : url.keepAliveTimeoutMs,
      'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
      // By default all clients of the process share a connection. Subscriptions would then delay appends, and an unresponsive connection would be
      // reused.
      'grpc.use_local_subchannel_pool': 1,
    });
    this.#stub = new StreamsClient('', null as unknown as ChannelCredentials, {
      channelOverride: this.#channel,
    });
  }

  call<Answer>(deadlineMs: number, call: Call<Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      call(this.#stub, this.#metadata(), { deadline: this.#deadline(deadlineMs) }, (error, answer) => {
        if (error === null) return resolve(answer as Answer);
        this.failed(error);
        reject(error);
      });
    });
  }

  read(message: ReadMessage, deadlineMs?: number): Reading {
    const reading = this.#stub.read(message, this.#metadata(), {
      deadline: this.#deadline(deadlineMs ?? Infinity),
    });
    this.#watch(reading);
    return reading;
  }

  appendBatches(): BatchCall {
    const call = this.#stub.batchAppend(this.#metadata(), { deadline: Infinity });
    this.#watch(call);
    return call;
  }

  /** Calls `lost` once the connection has ended. If the connection is not established yet, waits for that first. */
  whenLost(lost: () => void): void {
    const state = this.#channel.getConnectivityState(false);
    if (state === connectivityState.SHUTDOWN) return;
    this.#channel.watchConnectivityState(state, Infinity, () => {
      if (state === connectivityState.READY) lost();
      else this.whenLost(lost);
    });
  }

  get closed(): boolean {
    return this.#closed;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#channel.close();
  }

  #watch(call: Reading | BatchCall): void {
    this.opened.add(call);
    call.once('close', () => this.opened.delete(call));
    call.once('error', (error) => this.failed(error));
  }

  #metadata(): Metadata {
    const { credentials, connectionName, tls } = this.url;
    const metadata = new PlainMetadata();
    metadata.set('requires-leader', 'true');
    if (connectionName !== undefined) metadata.set('connection-name', connectionName);
    // Secrets are never sent in plain text.
    if (credentials !== undefined && tls)
      metadata.set(
        'authorization',
        `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`,
      );
    return metadata;
  }

  #deadline(ms: number): number {
    return ms === Infinity ? Infinity : this.clock.now() + ms;
  }
}

class ReconnectingClient implements StoreClient {
  readonly #url: StoreUrl;
  readonly #clock: Clock;
  readonly #onConnected: StoreClientOptions['onConnected'];
  readonly #opened = new Set<Reading | BatchCall>();
  #place: Place | undefined;
  #connecting: Promise<Place> | undefined;
  #named: StoreHost | undefined;
  #failedHost: StoreHost | undefined;
  #away: StoreUnreachable | undefined;
  #nextAttemptAt = 0;
  #closed = false;

  constructor({ url, clock = systemClock, onConnected }: StoreClientOptions) {
    this.#url = url;
    this.#clock = clock;
    this.#onConnected = onConnected;
  }

  async call<Answer>(deadlineMs: number, call: Call<Answer>): Promise<Answer> {
    return await (await this.#open()).call(deadlineMs, call);
  }

  async read(message: ReadMessage, deadlineMs?: number): Promise<Reading> {
    return (await this.#open()).read(message, deadlineMs);
  }

  async appendBatches(): Promise<BatchCall> {
    return (await this.#open()).appendBatches();
  }

  close(): void {
    for (const call of this.#opened) call.cancel();
    this.retire();
  }

  retire(): void {
    this.#closed = true;
    this.#place?.close();
    this.#place = undefined;
  }

  async #open(): Promise<Place> {
    const place = await this.#connected();
    return place.closed ? await this.#connected() : place;
  }

  /** While no member can be reached, only one attempt is made at a time, and other calls are refused immediately. */
  #connected(): Promise<Place> {
    if (this.#closed) return Promise.reject(new StoreUnreachable('it was closed'));
    if (this.#place !== undefined) return Promise.resolve(this.#place);
    if (
      this.#away !== undefined &&
      (this.#connecting !== undefined || this.#clock.monotonic() < this.#nextAttemptAt)
    )
      return Promise.reject(this.#away);
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #connect(): Promise<Place> {
    try {
      const place = await this.#reachLeader();
      this.#away = undefined;
      this.#failedHost = undefined;
      return place;
    } catch (error) {
      // A connection that was interrupted may be reopened immediately.
      if (outcomeOf(error) === 'unreached') {
        this.#away =
          error instanceof StoreUnreachable ? error : new StoreUnreachable(causeOf(error), { cause: error });
        this.#nextAttemptAt = this.#clock.monotonic() + this.#url.discoveryIntervalMs;
      }
      throw error;
    }
  }

  /** A follower that refuses a call names the leader, so the leader is tried next. */
  async #reachLeader(): Promise<Place> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#reach();
      } catch (error) {
        if (this.#named === undefined || attempt === LEADER_ATTEMPTS) throw error;
      }
    }
  }

  async #reach(): Promise<Place> {
    const host =
      this.#named ??
      (this.#url.discovers
        ? await findLeader(this.#url, credentialsOf(this.#url), this.#failedHost)
        : this.#url.hosts[0]!);
    this.#named = undefined;
    const place: Place = new Place(host, this.#url, this.#clock, this.#opened, (error) =>
      this.#failed(place, error),
    );
    if (this.#onConnected === undefined) {
      this.#place = place;
      return place;
    }
    try {
      await this.#onConnected(place, host);
    } catch (error) {
      place.close();
      throw error;
    }
    if (this.#closed) {
      place.close();
      throw new StoreUnreachable('it was closed');
    }
    this.#place = place;
    place.whenLost(() => this.#drop(place));
    return place;
  }

  #failed(place: Place, error: unknown): void {
    const leader = leaderNamedBy(error);
    const { code, details = '' } = error as Partial<ServiceError>;
    const gone =
      code === status.UNAVAILABLE || (code === status.CANCELLED && !details.includes('Cancelled on client'));
    if (!gone && !isOfFollower(error)) return;
    if (this.#place === undefined || this.#place === place) {
      this.#named = leader;
      this.#failedHost = place.host;
      if (outcomeOf(error) === 'unreached' && leader === undefined) {
        this.#away = new StoreUnreachable(`${targetOf(place.host)}: ${causeOf(error)}`, { cause: error });
        this.#nextAttemptAt = this.#clock.monotonic() + this.#url.discoveryIntervalMs;
      }
    }
    this.#drop(place);
  }

  #drop(place: Place): void {
    if (this.#place !== place) return;
    this.#place = undefined;
    place.close();
  }
}
