/**
 * The messages and the stubs that `@eventstore/db-client` ships, and the connection handling of its client: connection string, TLS,
 * discovery, following the leader, reconnecting.
 *
 * Its public commands would not do. They parse and write JSON texts anew (a number beyond 2^53 is lost), read without a deadline, cannot filter a
 * read of $all, tell `caughtUp` ahead of the events before it, append through one bank of promises for all clients of the process as
 * soon as the server offers batches, and first ask for the server's features: a failure of that stays with a client for life.
 */
import type { CallOptions, ClientDuplexStream, ClientReadableStream, Metadata, ServiceError } from '@grpc/grpc-js';
import { EventStoreDBClient } from '@eventstore/db-client';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type {
  BatchAppendReq as BatchMessage,
  BatchAppendResp as BatchResult,
  ReadReq as ReadMessage,
  ReadResp,
} from '@eventstore/db-client/generated/streams_pb.js';

export const { Empty, StreamIdentifier, UUID } = shared;
export const { AppendReq, BatchAppendReq, DeleteReq, ReadReq, TombstoneReq } = streams;
export type { StreamsClient };
export type {
  AppendResp,
  BatchAppendReq as BatchMessage,
  BatchAppendResp as BatchResult,
  DeleteReq as DeleteMessage,
  ReadReq as ReadMessage,
  ReadResp,
  TombstoneReq as TombstoneMessage,
} from '@eventstore/db-client/generated/streams_pb.js';

/** A stream of answers. Read it with `for await`, which asks for no more than is taken. */
export type Reading = ClientReadableStream<ReadResp>;

/** Appends over one call, each answered once. */
export type BatchCall = ClientDuplexStream<BatchMessage, BatchResult>;

/** One call that answers once. */
export type Call<Answer> = (stub: StreamsClient, metadata: Metadata, options: CallOptions, done: (error: ServiceError | null, answer?: Answer) => void) => void;

/** One connection to a server, or to whichever member of a cluster leads. Made when first used. */
export interface StoreClient {
  /** Rejects with gRPC's own error. */
  call<Answer>(name: string, deadlineMs: number, call: Call<Answer>): Promise<Answer>;
  /** Without a deadline the call stays open until it is cancelled. */
  read(message: ReadMessage, deadlineMs?: number): Promise<Reading>;
  /** Appends that the server takes in the order in which they are sent. It stays open until it is cancelled. */
  appendBatches(): Promise<BatchCall>;
  /** Ends what is open, and the connection. */
  close(): void;
  /** Takes no more calls; those that are open end by themselves. */
  retire(): void;
}

const KEEP_ALIVE_TIMEOUT_MS = 10_000;
const DISTINCT_CONNECTIONS = 1_000;
let made = 0;

/**
 * A connection of its own. gRPC gives all clients of a process that say the same of one server the same connection, so that a hundred
 * subscriptions would hold up every append, and a silent connection would be taken for the new one: each client says something
 * else of how long it waits for the answer to a ping, by a millisecond.
 *
 * Throws where the connection string is none.
 */
export function createStoreClient(url: string): StoreClient {
  const asked = /[?&]keep[_-]?alive[_-]?timeout=(\d+)/i.exec(url)?.[1];
  made = (made + 1) % DISTINCT_CONNECTIONS;
  const own = `keepAliveTimeout=${String((asked === undefined ? KEEP_ALIVE_TIMEOUT_MS : Number(asked)) + made)}`;
  const connectionString = `${url.replace(/\/+$/, '')}${url.includes('?') ? '&' : '?'}${own}`;
  return new Opened(EventStoreDBClient.connectionString(connectionString) as InnerClient);
}

/** Reaches what the client keeps for its own commands: members that are `protected`, so open to a class of its kind. */
class InnerClient extends EventStoreDBClient {
  static execute<Answer>(client: InnerClient, name: string, deadline: number, call: Call<Answer>): Promise<Answer> {
    const [metadata, options] = client.callArguments({ requiresLeader: true, deadline });
    return client.execute(
      StreamsClient,
      name,
      (stub) =>
        new Promise((resolve, reject) => {
          call(stub, metadata, options, (error, answer) => {
            if (error !== null) reject(error);
            else resolve(answer as Answer);
          });
        }),
    );
  }

  static read(client: InnerClient, message: ReadMessage, deadline: number | undefined): Promise<Reading> {
    const [metadata, options] =
      deadline === undefined
        ? client.callArguments({ requiresLeader: true }, { deadline: Infinity })
        : client.callArguments({ requiresLeader: true, deadline });
    return client.GRPCStreamCreator(StreamsClient, 'read', (stub: StreamsClient) => stub.read(message, metadata, options))();
  }

  static appendBatches(client: InnerClient): Promise<BatchCall> {
    const [metadata, options] = client.callArguments({ requiresLeader: true }, { deadline: Infinity });
    return client.GRPCStreamCreator(StreamsClient, 'batchAppend', (stub: StreamsClient) => stub.batchAppend(metadata, options))();
  }

  static async closeChannel(client: InnerClient): Promise<void> {
    (await client.getChannel()).close();
  }
}

class Opened implements StoreClient {
  readonly #client: InnerClient;
  #used = false;

  constructor(client: InnerClient) {
    this.#client = client;
  }

  call<Answer>(name: string, deadlineMs: number, call: Call<Answer>): Promise<Answer> {
    this.#used = true;
    return InnerClient.execute(this.#client, name, deadlineMs, call);
  }

  read(message: ReadMessage, deadlineMs?: number): Promise<Reading> {
    this.#used = true;
    return InnerClient.read(this.#client, message, deadlineMs);
  }

  appendBatches(): Promise<BatchCall> {
    this.#used = true;
    return InnerClient.appendBatches(this.#client);
  }

  close(): void {
    if (this.#used)
      void this.#client
        .dispose()
        .then(() => InnerClient.closeChannel(this.#client))
        .catch(() => undefined);
  }

  retire(): void {
    if (this.#used) void InnerClient.closeChannel(this.#client).catch(() => undefined);
  }
}
