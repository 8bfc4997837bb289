import { MusterError } from '#domain/errors/index.js';
import { BoundedCalls } from '#src/engine/concurrency/index.js';
import type { RecordedEvent } from '#domain/ports/event-store.js';
import { isSilence, isUnexplained, outcomeOf } from './failure.js';
import type { LogGuard } from './log-guard.js';
import { recordedEvent } from './recorded.js';
import { targetOf, type StoreHost, type StoreUrl } from './store-url.js';
import { createStoreClient } from './wire.js';
import type { Call, Calls, StoreClient } from './wire.js';
import type { ReadMessage, ReadResp } from './wire-stubs.js';

/** Times and bounds of what goes over the wire. */
export interface ConnectionLimits {
  /** Milliseconds after which a server that has not answered a call is taken to be silent. Default 5,000. */
  readonly deadlineMs: number;
  /** The same for a read of the log with a filter, which may pass over a great deal before it answers. Default 120,000. */
  readonly scanDeadlineMs: number;
  /** Calls open at once on one connection. Default 80; servers take 100. */
  readonly openCalls: number;
  /** Calls that may wait for a slot; one more is refused with `MUSTER_E_STORE_BUSY`. Default 4,096. */
  readonly waitingCalls: number;
}

/** Another member of a cluster leads. Both are `host:port`. */
export interface MemberChange {
  readonly before: string;
  readonly now: string;
}

export const CONNECTION_LIMITS: ConnectionLimits = { deadlineMs: 5_000, scanDeadlineMs: 120_000, openCalls: 80, waitingCalls: 4_096 };

/**
 * The connection for calls that end by themselves: appends, deletions, pages of a read.
 *
 * A server that lets a call's deadline pass, and has answered nothing else meanwhile, is silent: its connection is replaced (the network
 * may have swallowed it), who waits is refused, and from then on one call at a time goes out, the others being refused at once, until something is answered.
 */
export class Connection {
  readonly #url: StoreUrl;
  readonly #limits: ConnectionLimits;
  readonly #guard: LogGuard;
  readonly #calls: BoundedCalls;
  #client: StoreClient;
  /** The member that the newest connection led to. */
  #member: string | undefined;
  readonly #onOtherMember: ((change: MemberChange) => void) | undefined;
  #answers = 0;
  #silent = false;
  #probing = false;
  #closed = false;

  /** @param onOtherMember called when calls go to another member of the cluster than before. */
  constructor(url: StoreUrl, limits: ConnectionLimits, guard: LogGuard, onOtherMember?: (change: MemberChange) => void) {
    this.#url = url;
    this.#limits = limits;
    this.#guard = guard;
    this.#onOtherMember = onOtherMember;
    this.#calls = new BoundedCalls({ atOnce: limits.openCalls, waiting: limits.waitingCalls }, (queued) => new MusterError('MUSTER_E_STORE_BUSY', { queued }));
    this.#client = this.#connect();
  }

  /** One call that answers once. Rejects with gRPC's own error, or one of ours where no call was made. */
  call<Answer>(call: Call<Answer>): Promise<Answer> {
    return this.#run((client) => client.call(this.#limits.deadlineMs, call));
  }

  /** Throws `MUSTER_E_STORE_CORRUPT` where the log is not the one that was seen before. */
  async check(): Promise<void> {
    await this.#guard.check(async (message) => (await this.page(message)).flatMap((answer) => recordedEvent(answer) ?? []));
  }

  /** All answers of a read that ends by itself. One that failed is asked for once more: a connection may have been lost while it was idle. */
  async page(message: ReadMessage, scans = false): Promise<readonly ReadResp[]> {
    const read = async (client: StoreClient): Promise<ReadResp[]> => {
      // Who asks whether a silent server is there again asks for a short answer.
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
    this.#client.close();
  }

  async #run<Answer>(work: (client: StoreClient) => Promise<Answer>): Promise<Answer> {
    if (this.#closed) throw unavailable('it was closed');
    this.#guard.assertSound();
    const probe = this.#silent;
    if (probe && this.#probing) throw unavailable('it does not answer');
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
    this.#calls.letGo(unavailable('it does not answer'));
    if (client !== this.#client) return;
    client.retire();
    this.#client = this.#connect();
  }

  /** Another log may stand where the server was: no call reaches it before that is known. */
  #connect(): StoreClient {
    const onConnected = async (calls: Calls, host: StoreHost): Promise<void> => {
      await this.#guard.check((message) => events(calls, message, this.#limits.deadlineMs));
      const [before, now] = [this.#member, targetOf(host)];
      this.#member = now;
      if (before !== undefined && before !== now) this.#onOtherMember?.({ before, now });
    };
    return createStoreClient({ url: this.#url, onConnected });
  }
}

async function events(calls: Calls, message: ReadMessage, deadlineMs: number): Promise<RecordedEvent[]> {
  const found: RecordedEvent[] = [];
  for await (const answer of calls.read(message, deadlineMs)) found.push(...[recordedEvent(answer as ReadResp) ?? []].flat());
  return found;
}

function unavailable(problem: string): MusterError {
  return new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem });
}
