import { randomUUID } from 'node:crypto';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { backOff } from '#domain/kernel/back-off.js';
import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import { catalogOf, ownStreams, type Catalog } from '#domain/kernel/catalog/index.js';
import { CLUSTER_LEVEL } from '#domain/kernel/event/cluster-level.js';
import { type Aggregate, type AnyEvent, CLUSTER_STREAM, type Recorded } from '#domain/kernel/event/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type {
  AppendRequest,
  AppendResult,
  EventStore,
  RecordedEvent,
} from '#domain/kernel/ports/event-store.js';
import type {
  Cause,
  CommandContext,
  CommandExecutor,
  ExecuteHints,
  Executed,
} from '#domain/kernel/ports/command-executor.js';
import { neverReached, wasRefused } from '#src/engine/event-store/index.js';
import { outcomeOf, type AppendDurations } from '#src/engine/metrics/index.js';
import { FirstEventResult } from './first-event-result.js';
import { ClearLock } from './clear-lock.js';
import type { DecidedEvents } from './decided-events.js';
import { eventIds } from './event-ids.js';
import {
  streamCache,
  type CacheBounds,
  type FoldedStream,
  type KnownCommand,
  type StreamCache,
} from './stream-cache.js';
import { catchUp, foldOne, unread, type FoldBounds } from './stream-fold.js';
import type { StreamSnapshots } from './stream-snapshots.js';
import { KeyedMutex } from './keyed-mutex.js';
import { IdempotencyKeyCache } from './idempotency-key-cache.js';

export interface CommandExecutorOptions {
  readonly store: EventStore;
  /** @default the system's clock */
  readonly clock?: Clock;
  /** Identifies this executor in the ids of its events ({@link eventIds}). @default a random id */
  readonly writer?: string;
  readonly attempts?: number;
  /** Maximum number of times that an append with an unknown outcome is sent. @default 4, over about 350 ms */
  readonly settleAttempts?: number;
  /** Bounds of each aggregate's cache. @default 10,000 streams and 64 MiB */
  readonly cache?: CacheBounds;
  readonly rememberedCommands?: number;
  readonly snapshots?: StreamSnapshots;
  readonly appends?: AppendDurations;
  readonly decided?: DecidedEvents;
  /** Maximum number of concurrent commands. Further commands throw `MUSTER_E_OVERLOADED`. @default 8,192 */
  readonly maxUnderWay?: number;
}

export const REMEMBERED_COMMANDS = 1000;
/** Milliseconds before an append with an unknown outcome is repeated; doubled each time. */
const settleDelay = backOff({ firstMs: 50 });
const SETTLE_WITHIN = 1000;
/** Milliseconds before retrying after a conflict if rereading the stream found no new events; multiplied by the number of attempts so far. */
const CONFLICT_DELAY = 5;

const { isOurs } = ownStreams([CLUSTER_STREAM]);

/** Opens the executor: finds the last clear, then follows clears by other processes until the executor is closed. */
export async function openCommandExecutor(options: CommandExecutorOptions): Promise<StoreCommandExecutor> {
  const head = await options.store.head();
  let border = -1n;
  for await (const page of options.store.readStream(CLUSTER_STREAM)) {
    for (const event of page.filter(isOurs)) {
      if (event.type === 'ClusterCleared') border = event.position;
      const beyond = levelBeyond(event);
      if (beyond !== undefined) throw beyond;
    }
  }
  return new StoreCommandExecutor({ clock: systemClock, writer: randomUUID(), ...options }, border, head);
}

export class StoreCommandExecutor implements CommandExecutor {
  readonly #store: EventStore;
  readonly #caches = new Map<string, StreamCache<unknown>>();
  readonly #turns: KeyedMutex;
  readonly #gate = new ClearLock();
  readonly #keys = new IdempotencyKeyCache(10_000);
  readonly #closing = new AbortController();
  readonly #following: Promise<void>;
  #border: bigint;
  #left: MusterError | undefined;

  constructor(
    private readonly options: CommandExecutorOptions & { readonly clock: Clock; readonly writer: string },
    border: bigint,
    head: bigint | undefined,
  ) {
    this.#store = options.store;
    this.#turns = new KeyedMutex(options.maxUnderWay ?? 8192);
    this.#border = border;
    this.#following = this.#followClears(head);
  }

  get underWay(): number {
    return this.#turns.underWay;
  }

  async execute<Command, Event extends AnyEvent, State>(
    aggregate: Aggregate<Command, Event, State>,
    id: string,
    command: Command,
    context: CommandContext,
    hints: ExecuteHints<Command, State> = {},
  ): Promise<Executed<Event, State>> {
    if (this.#left !== undefined) throw this.#left;
    if (context.refusal !== undefined) {
      const executed = await this.repeated(aggregate, id, context);
      if (executed === undefined) throw await context.refusal();
      return executed;
    }
    const stream = aggregate.stream(id);
    if (context.repeatable) this.#keys.check(context);
    const work = (): Promise<Executed<Event, State>> =>
      this.#turns.take(stream, () => this.#carryOut(aggregate, stream, command, context, hints));
    const executed = await (stream === CLUSTER_STREAM ? this.#gate.alone(work) : this.#gate.shared(work));
    if (context.repeatable && executed.events.length > 0) this.#keys.keep(context);
    return executed;
  }

  async repeated<Command, Event extends AnyEvent, State>(
    aggregate: Aggregate<Command, Event, State>,
    id: string,
    context: CommandContext,
  ): Promise<Executed<Event, State> | undefined> {
    if (!context.repeatable) return undefined;
    this.#keys.check(context);
    const stream = aggregate.stream(id);
    return this.#turns.take(stream, async () => {
      const { state, commands } = await this.#read(aggregate, stream);
      const known = commands?.get(context.commandId);
      return known && (await this.#repeat<Event, State>(catalogOf(aggregate), stream, state, known, context));
    });
  }

  async load<Command, Event extends AnyEvent, State>(
    aggregate: Aggregate<Command, Event, State>,
    id: string,
  ): Promise<State> {
    const stream = aggregate.stream(id);
    return this.#turns.take(stream, async () => (await this.#read(aggregate, stream)).state);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#following;
  }

  async #carryOut<Command, Event extends AnyEvent, State>(
    aggregate: Aggregate<Command, Event, State>,
    stream: string,
    command: Command,
    context: CommandContext,
    hints: ExecuteHints<Command, State>,
  ): Promise<Executed<Event, State>> {
    const cache = this.#cacheOf(aggregate);
    const attempts = this.options.attempts ?? 12;
    const border = this.#border;
    let guessed = hints.fresh === true && !context.repeatable;
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      let folded = cache.get(stream);
      const current = folded === undefined && !guessed;
      folded ??= unread(aggregate.decider.initialState);
      if (current) folded = await this.#readOn(aggregate, stream, folded);
      const begins = guessed && folded.revision === undefined;
      guessed = false;

      const known = context.repeatable ? folded.commands?.get(context.commandId) : undefined;
      if (known !== undefined)
        return this.#repeat<Event, State>(catalogOf(aggregate), stream, folded.state, known, context);

      const refined =
        hints.refine === undefined || folded.revision === undefined
          ? command
          : await hints.refine(command, folded.state);
      let decided: readonly Event[] = [];
      let refusal: { readonly error: unknown } | undefined;
      try {
        decided = aggregate.decider.decide(refined, folded.state);
      } catch (error) {
        refusal = { error };
      }
      if (decided.length === 0) {
        // A refusal that is based on cached state is valid only if the stream has not grown since.
        if (!current && (await this.#readOn(aggregate, stream, folded)) !== folded) continue;
        if (refusal !== undefined) throw refusal.error;
        return { state: folded.state, events: [], position: folded.newest?.position, repeated: false };
      }

      const causes = context.causesOf === undefined ? undefined : await context.causesOf(decided);
      const request = {
        ...this.#request(catalogOf(aggregate), stream, folded.revision, decided, context, causes),
        ...(hints.urgent === true && { urgent: true }),
      };
      try {
        const result = await this.#append(request);
        this.options.decided?.tell(aggregate, decided, folded.state);
        if (begins && request.events.length === 1)
          return new FirstEventResult(aggregate, folded.state, {
            stream,
            created: 0,
            ...result,
            ...request.events[0]!,
          });
        return await this.#accepted(aggregate, folded, request, result, border);
      } catch (error) {
        if (!isMusterError(error, 'MUSTER_E_WRONG_REVISION')) {
          if (!wasRefused(error)) cache.delete(stream);
          throw error;
        }
        if ((await this.#readOn(aggregate, stream, folded)) === folded)
          await this.options.clock.sleep(CONFLICT_DELAY * (attempt + 1));
      }
    }
    throw new MusterError('MUSTER_E_CONFLICT', { stream });
  }

  async #read<Command, Event extends AnyEvent, State>(
    aggregate: Aggregate<Command, Event, State>,
    stream: string,
  ): Promise<FoldedStream<State>> {
    const cached = this.#cacheOf(aggregate).get(stream) ?? unread(aggregate.decider.initialState);
    return await this.#readOn(aggregate, stream, cached);
  }

  async #readOn<Command, Event extends AnyEvent, State>(
    aggregate: Aggregate<Command, Event, State>,
    stream: string,
    folded: FoldedStream<State>,
  ): Promise<FoldedStream<State>> {
    const border = this.#border;
    const kept =
      folded.revision === undefined
        ? await this.options.snapshots?.load(aggregate, stream, border)
        : undefined;
    const result = await catchUp(this.#store, aggregate, stream, kept ?? folded, {
      ...this.#bounds(),
      border,
    });
    return border === this.#border ? this.#remember(aggregate, stream, result) : result;
  }

  #remember<Command, Event extends AnyEvent, State>(
    aggregate: Aggregate<Command, Event, State>,
    stream: string,
    folded: FoldedStream<State>,
  ): FoldedStream<State> {
    const kept = this.options.snapshots?.keep(aggregate, stream, folded, this.#border) ?? folded;
    this.#cacheOf(aggregate).set(stream, kept);
    return kept;
  }

  #request(
    { encode }: Catalog,
    stream: string,
    revision: number | undefined,
    decided: readonly AnyEvent[],
    context: CommandContext,
    causes: readonly (Cause | undefined)[] = [],
  ): AppendRequest {
    const metadata = {
      $correlationId: context.correlationId,
      $causationId: context.causationId,
      at: this.options.clock.now(),
      ...(context.repeatable && { commandId: context.commandId, bodyDigest: context.bodyDigest }),
      actor: context.actor,
      ...(context.apiKey !== undefined && { apiKey: context.apiKey }),
      surface: context.surface,
    };
    const expected = revision ?? 'no_stream';
    const events = decided.map((event, index) => {
      const cause = causes[index];
      if (cause === undefined) return encode(event, metadata);
      return encode(event, {
        ...metadata,
        $correlationId: cause.correlationId,
        $causationId: cause.causationId,
      });
    });
    const ids = eventIds({ stream, expected, writer: this.options.writer, events });
    return { stream, expected, events: events.map((event, index) => ({ id: ids[index] ?? '', ...event })) };
  }

  /** Settles an unknown outcome by looking up the event ids. If they are not found, the append is repeated; the store applies an append only once. */
  async #append(request: AppendRequest): Promise<AppendResult> {
    const attempts = this.options.settleAttempts ?? 4;
    const begun = this.options.clock.monotonic();
    for (let attempt = 1; ; attempt += 1) {
      const tell = this.options.appends?.sent(this.options.clock);
      try {
        const result = await this.#store.append(request);
        tell?.('appended');
        return result;
      } catch (error) {
        tell?.(outcomeOf(error));
        if (!isMusterError(error, 'MUSTER_E_STORE_UNAVAILABLE') || neverReached(error)) throw error;
        const found = await this.#find(request);
        if (found !== undefined) return found;
        if (attempt >= attempts || this.options.clock.monotonic() - begun >= SETTLE_WITHIN) throw error;
        await this.options.clock.sleep(settleDelay(attempt), this.#closing.signal);
      }
    }
  }

  async #find(request: AppendRequest): Promise<AppendResult | undefined> {
    const from = request.expected === 'no_stream' ? 0 : request.expected + 1;
    let found: AppendResult | undefined;
    let index = 0;
    try {
      const limit = request.events.length;
      for await (const page of this.#store.readStream(request.stream, { from, limit })) {
        for (const event of page) {
          if (event.id !== request.events[index]?.id) return undefined;
          index += 1;
          found = { revision: event.revision, position: event.position };
        }
      }
    } catch {
      return undefined;
    }
    return index === request.events.length ? found : undefined;
  }

  async #accepted<Command, Event extends AnyEvent, State>(
    aggregate: Aggregate<Command, Event, State>,
    before: FoldedStream<State>,
    request: AppendRequest,
    result: AppendResult,
    border: bigint,
  ): Promise<Executed<Event, State>> {
    const { stream, events: sent } = request;
    const stored =
      sent.length === 1
        ? sent.map((event) => ({ stream, created: 0, ...result, ...event }))
        : await this.#readBack(stream, result.revision - sent.length + 1, sent.length);
    const cleared = stored.find((event) => event.type === 'ClusterCleared');
    if (cleared !== undefined) this.#clear(cleared.position);
    let folded = before;
    const events: Recorded<Event>[] = [];
    const { decode } = catalogOf(aggregate);
    for (const each of stored) {
      const event = decode(each) as Recorded<Event>;
      events.push(event);
      folded = foldOne(aggregate, folded, each, event, this.#bounds());
    }
    // If the cluster was cleared in the meantime, the folded state is obsolete.
    if (border === this.#border) this.#remember(aggregate, stream, folded);
    return { state: folded.state, events, position: result.position, repeated: false };
  }

  async #repeat<Event extends AnyEvent, State>(
    { decodeOurs }: Catalog,
    stream: string,
    state: State,
    known: KnownCommand,
    context: CommandContext,
  ): Promise<Executed<Event, State>> {
    if (known.bodyDigest !== context.bodyDigest) throw new MusterError('MUSTER_E_IDEMPOTENCY_KEY_REUSED');
    const stored = await this.#readBack(stream, known.first, known.last - known.first + 1);
    const events = stored
      .map((event) => decodeOurs(event) as Recorded<Event> | undefined)
      .filter((event) => event?.metadata.commandId === context.commandId) as Recorded<Event>[];
    return { state, events, position: events.at(-1)?.position, repeated: true };
  }

  async #readBack(stream: string, from: number, limit: number) {
    const events = [];
    for await (const page of this.#store.readStream(stream, { from, limit })) events.push(...page);
    return events;
  }

  #bounds(): FoldBounds {
    return {
      border: this.#border,
      rememberedCommands: this.options.rememberedCommands ?? REMEMBERED_COMMANDS,
    };
  }

  #cacheOf<Command, Event extends AnyEvent, State>(
    aggregate: Aggregate<Command, Event, State>,
  ): StreamCache<State> {
    let cache = this.#caches.get(aggregate.category);
    if (cache === undefined) {
      cache = streamCache(this.options.cache ?? { entries: 10_000, bytes: 64 * 1024 * 1024 });
      this.#caches.set(aggregate.category, cache);
    }
    return cache as StreamCache<State>;
  }

  #clear(position: bigint): void {
    if (position <= this.#border) return;
    this.#border = position;
    for (const cache of this.#caches.values()) cache.clear();
  }

  async #followClears(head: bigint | undefined): Promise<void> {
    const { signal } = this.#closing;
    let after = head;
    while (!signal.aborted) {
      try {
        const filter = { types: ['ClusterCleared', 'ClusterLevelRaised'] };
        for await (const message of this.#store.subscribe({
          ...(after !== undefined && { after }),
          filter,
          signal,
        })) {
          if (message.kind === 'caughtUp') continue;
          after =
            message.kind === 'checkpoint' ? message.position : (message.events.at(-1)?.position ?? after);
          if (message.kind !== 'events') continue;
          const ours = message.events.filter((event) => event.stream === CLUSTER_STREAM && isOurs(event));
          for (const event of ours) this.#left ??= levelBeyond(event);
          const cleared = ours.findLast(({ type }) => type === 'ClusterCleared');
          if (cleared !== undefined) this.#clear(cleared.position);
        }
      } catch {
        // The outage is reported elsewhere. Here the subscription is only retried.
      }
      await this.options.clock.sleep(1000, signal);
    }
  }
}

/** Returns an error if the event raises the cluster level above the highest level that this program supports. */
function levelBeyond({ type, data }: RecordedEvent): MusterError | undefined {
  if (type !== 'ClusterLevelRaised') return undefined;
  const { level } = JSON.parse(data) as { readonly level: number };
  return level > CLUSTER_LEVEL
    ? new MusterError('MUSTER_E_CLUSTER_LEVEL', { level, known: CLUSTER_LEVEL })
    : undefined;
}
