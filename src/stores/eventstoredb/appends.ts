import { backOff } from '#domain/kernel/back-off.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { AppendRequest, AppendResult } from '#domain/kernel/ports/event-store.js';
import type { Connection } from './connection.js';
import { isOfFollower, isUnimplemented, outcomeOf, storeError } from './failure.js';
import { recordedEvent } from './recorded.js';
import { appendMessages, streamPage } from './requests.js';
import type { LogGuard } from './log-guard.js';
import type { AppendResp, BatchResult } from './wire-stubs.js';

export interface AppendsOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly guard: Pick<LogGuard, 'saw'>;
  /** Milliseconds during which an append with an unknown outcome is looked up and repeated before it fails. */
  readonly settleMs: number;
  readonly head: () => Promise<bigint | undefined>;
}

type Success = NonNullable<ReturnType<(AppendResp | BatchResult)['getSuccess']>>;

const FIRST_PAUSE_MS = 25;
const settleDelay = backOff({ firstMs: FIRST_PAUSE_MS });
const MAX_LEADER_ATTEMPTS = 3;

export class Appends {
  readonly #options: AppendsOptions;
  /** Servers before 21.10 have no call for several appends. */
  #hasNoBatches = false;

  constructor(options: AppendsOptions) {
    this.#options = options;
  }

  async append(request: AppendRequest): Promise<AppendResult> {
    try {
      return await this.#send(request);
    } catch (error) {
      switch (outcomeOf(error)) {
        case 'refused':
          throw storeError(error, request.stream);
        case 'unreached':
          if (!isOfFollower(error)) throw storeError(error, request.stream);
          return await this.#sendToLeader(request, error);
        case 'unknown':
          return await this.#settle(request, error);
      }
    }
  }

  /** The server is no longer the leader, so nothing was written. From now on, the client uses the leader. */
  async #sendToLeader(request: AppendRequest, first: unknown): Promise<AppendResult> {
    let problem = first;
    for (let attempt = 1; attempt <= MAX_LEADER_ATTEMPTS; attempt += 1) {
      await this.#options.clock.sleep(FIRST_PAUSE_MS);
      try {
        return await this.#send(request);
      } catch (error) {
        problem = error;
        if (outcomeOf(error) === 'unknown') return await this.#settle(request, error);
        if (outcomeOf(error) === 'refused') break;
      }
    }
    throw storeError(problem, request.stream);
  }

  /**
   * Looks for the event ids in the stream. Events that are missing may still arrive, so the append is repeated, in a call of its own, because
   * something on the way may hold up calls that stay open. At an exact revision the store applies the same ids only once, and its result settles both
   * attempts.
   */
  async #settle(request: AppendRequest, first: unknown): Promise<AppendResult> {
    const { clock, settleMs } = this.#options;
    const until = clock.monotonic() + settleMs;
    for (let attempt = 1; ; attempt += 1) {
      const pause = settleDelay(attempt);
      try {
        return (await this.#find(request)) ?? (await this.#sendAlone(request));
      } catch (error) {
        if (outcomeOf(error) === 'refused') throw storeError(error, request.stream);
        // This is an outage, not a brief interruption, so the caller gets the error immediately.
        if (outcomeOf(error) === 'unreached' || clock.monotonic() + pause >= until)
          throw storeError(first, request.stream);
      }
      await clock.sleep(pause);
    }
  }

  async #find({ stream, expected, events }: AppendRequest): Promise<AppendResult | undefined> {
    const from = expected === 'no_stream' ? undefined : expected + 1;
    const answers = await this.#options.connection.page(streamPage(stream, 'forwards', from, events.length));
    const stored = answers.flatMap((answer) => recordedEvent(answer) ?? []);
    const last = stored.at(-1);
    if (
      last === undefined ||
      stored.length !== events.length ||
      !stored.every(({ id }, index) => id === events[index]?.id)
    )
      return undefined;
    return { revision: last.revision, position: last.position };
  }

  /** What the shared call did not write is sent in a call of its own, whose errors say more. The store applies the same event ids only once. */
  async #send(request: AppendRequest): Promise<AppendResult> {
    const success = this.#hasNoBatches ? undefined : await this.#sendBatched(request);
    return success === undefined ? await this.#sendAlone(request) : await this.#written(request, success);
  }

  async #sendBatched(request: AppendRequest): Promise<Success | undefined> {
    try {
      return (await this.#options.connection.append(request)).getSuccess();
    } catch (error) {
      if (!isUnimplemented(error)) throw error;
      this.#hasNoBatches = true;
      return undefined;
    }
  }

  async #sendAlone(request: AppendRequest): Promise<AppendResult> {
    const { stream, expected, events } = request;
    const messages = appendMessages(stream, expected, events);
    const answer = await this.#options.connection.call<AppendResp>((stub, metadata, options, done) => {
      const call = stub.append(metadata, options, done);
      call.on('error', () => undefined);
      for (const message of messages) call.write(message);
      call.end();
    });
    const refusal = answer.getWrongExpectedVersion();
    if (refusal !== undefined) {
      const actual = refusal.hasCurrentRevision() ? Number(refusal.getCurrentRevision()) : 'no_stream';
      throw new MusterError('MUSTER_E_WRONG_REVISION', { stream, actual, expected });
    }
    const success = answer.getSuccess();
    if (success === undefined)
      throw new MusterError('MUSTER_E_STORE_UNAVAILABLE', {
        problem: 'the response to an append has no result',
      });
    return await this.#written(request, success);
  }

  async #written({ stream, events }: AppendRequest, success: Success): Promise<AppendResult> {
    const position = success.getPosition()?.getCommitPosition();
    const revision = Number(success.getCurrentRevision());
    // Events that were deleted or truncated since then no longer have a position. They precede the newest event.
    if (position === undefined) return { revision, position: (await this.#options.head()) ?? 0n };
    this.#options.guard.saw([{ position: BigInt(position), id: events.at(-1)!.id, stream }]);
    return { revision, position: BigInt(position) };
  }
}
