import { MusterError } from '#domain/kernel/errors/index.js';
import { BoundedCalls } from '#src/engine/concurrency/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { AppendRequest, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { BatchedAppends } from './batched-appends.js';
import { isSilence, isUnexplained, outcomeOf } from './failure.js';
import type { LogGuard } from './log-guard.js';
import { recordedEvent } from './recorded.js';
import { targetOf, type StoreHost, type StoreUrl } from './store-url.js';
import { createStoreClient } from './wire.js';
import type { Call, Calls, StoreClient } from './wire.js';
import type { BatchResult, ReadMessage, ReadResp } from './wire-stubs.js';

export interface ConnectionLimits {
  /** Milliseconds after which a server that has not responded to a call is considered unresponsive. @default 5,000 */
  readonly deadlineMs: number;
  readonly scanDeadlineMs: number;
  /** Maximum number of concurrent calls on one connection. @default 80; servers allow 100 */
  readonly openCalls: number;
  readonly waitingCalls: number;
}

export interface MemberChange {
  readonly before: string;
  readonly now: string;
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  deadlineMs: 5_000,
  scanDeadlineMs: 120_000,
  openCalls: 80,
  waitingCalls: 4_096,
};

/**
 * The connection for calls that end on their own: appends, deletions, pages of a read.
 *
 * A server that misses a call's deadline without responding to any other call in that time is considered unresponsive. The connection is then
 * replaced (the network may have lost it) and waiting calls are refused. After that, only one call at a time is sent, and all other calls are refused
 * immediately, until the server responds.
 */
export class Connection {
  readonly #url: StoreUrl;
  readonly #limits: ConnectionLimits;
  readonly #guard: LogGuard;
  readonly #clock: Clock;
  readonly #calls: BoundedCalls;
  #client: StoreClient;
  #batched: BatchedAppends;
  #member: string | undefined;
  readonly #onOtherMember: ((change: MemberChange) => void) | undefined;
  #answers = 0;
  #silent = false;
  #probing = false;
  #closed = false;

  constructor(
    url: StoreUrl,
    limits: ConnectionLimits,
    guard: LogGuard,
    clock: Clock,
    onOtherMember?: (change: MemberChange) => void,
  ) {
    this.#url = url;
    this.#limits = limits;
    this.#guard = guard;
    this.#clock = clock;
    this.#onOtherMember = onOtherMember;
    this.#calls = new BoundedCalls(
      { atOnce: limits.openCalls, waiting: limits.waitingCalls },
      (queued) => new MusterError('MUSTER_E_STORE_BUSY', { queued }),
    );
    this.#client = this.#connect();
    this.#batched = this.#batchedOver(this.#client);
  }

  /** Appends over the call that all appends share. The answer may be an error. */
  append(request: AppendRequest): Promise<BatchResult> {
    return this.#run(() => this.#batched.append(request));
  }

  call<Answer>(call: Call<Answer>): Promise<Answer> {
    return this.#run((client) => client.call(this.#limits.deadlineMs, call));
  }

  /** Throws `MUSTER_E_STORE_CORRUPT` if the server has a different log than before. */
  async check(): Promise<void> {
    await this.#guard.check(async (message) =>
      (await this.page(message)).flatMap((answer) => recordedEvent(answer) ?? []),
    );
  }

  /** Returns all messages of a read that ends on its own. The read is retried once, because an idle connection may have been lost. */
  async page(message: ReadMessage, scans = false): Promise<readonly ReadResp[]> {
    const read = async (client: StoreClient): Promise<ReadResp[]> => {
      // A call that probes an unresponsive server only needs a short response.
      const deadline = scans && !this.#silent ? this.#limits.scanDeadlineMs : this.#limits.deadlineMs;
      const answers: ReadResp[] = [];
      for await (const answer of await client.read(message, deadline)) answers.push(answer as ReadResp);
      return answers;
    };
    try {
      return await this.#run(read);
    } catch (error) {
      if (outcomeOf(error) === 'refused' || isSilence(error) || isUnexplained(error)) throw error;
      return await this.#run(read);
    }
  }

  close(): void {
    this.#closed = true;
    this.#calls.letGo(unavailable('it was closed'));
    this.#batched.close();
    this.#client.close();
  }

  async #run<Answer>(work: (client: StoreClient) => Promise<Answer>): Promise<Answer> {
    if (this.#closed) throw unavailable('it was closed');
    this.#guard.assertSound();
    const probe = this.#silent;
    if (probe && this.#probing) throw unavailable('it does not respond');
    if (probe) this.#probing = true;
    try {
      return await this.#calls.run(() => this.#listen(work));
    } finally {
      if (probe) this.#probing = false;
    }
  }

  async #listen<Answer>(work: (client: StoreClient) => Promise<Answer>): Promise<Answer> {
    const client = this.#client;
    const before = this.#answers;
    try {
      const answer = await work(client);
      this.#answered();
      return answer;
    } catch (error) {
      if (isSilence(error) && before === this.#answers) this.#fellSilent(client);
      else if (outcomeOf(error) === 'refused') this.#answered();
      throw error;
    }
  }

  #answered(): void {
    this.#answers += 1;
    this.#silent = false;
  }

  #fellSilent(client: StoreClient): void {
    if (this.#closed) return;
    this.#silent = true;
    this.#calls.letGo(unavailable('it does not respond'));
    if (client !== this.#client) return;
    this.#batched.close();
    client.retire();
    this.#client = this.#connect();
    this.#batched = this.#batchedOver(this.#client);
  }

  #batchedOver(client: StoreClient): BatchedAppends {
    return new BatchedAppends(client, this.#clock, this.#limits.deadlineMs);
  }

  /** The server may now have a different log, so the log is checked before any call. */
  #connect(): StoreClient {
    const onConnected = async (calls: Calls, host: StoreHost): Promise<void> => {
      await this.#guard.check((message) => events(calls, message, this.#limits.deadlineMs));
      const [before, now] = [this.#member, targetOf(host)];
      this.#member = now;
      if (before === undefined || before === now) return;
      // The open call would stay with the former leader, which refuses every append.
      this.#batched.renew();
      this.#onOtherMember?.({ before, now });
    };
    return createStoreClient({ url: this.#url, onConnected });
  }
}

async function events(calls: Calls, message: ReadMessage, deadlineMs: number): Promise<RecordedEvent[]> {
  const found: RecordedEvent[] = [];
  for await (const answer of calls.read(message, deadlineMs))
    found.push(...[recordedEvent(answer as ReadResp) ?? []].flat());
  return found;
}

function unavailable(problem: string): MusterError {
  return new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem });
}
