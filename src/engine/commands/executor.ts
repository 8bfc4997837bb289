import type { MusterError } from '#domain/kernel/errors/index.js';
import type { Aggregate, AnyEvent, Recorded } from '#domain/kernel/event/index.js';

/** Identifies a command: who requests it, and under which ids. Created once per request at the edge, or by a saga. */
export interface CommandContext {
  /** UUIDv5 of (surface, principal, method, path, Idempotency-Key), or random. */
  readonly commandId: string;
  /** Set if the client sent an `Idempotency-Key`: a repeated command is recognized in the fold. */
  readonly repeatable: boolean;
  readonly bodyDigest: string;
  readonly correlationId: string;
  readonly causationId: string;
  /** `anonymous`, `user:<id>`, `node:<id>`, `saga:<name>`. */
  readonly actor: string;
  readonly surface: string;
  /** Set if the command is refused unless it was executed before: a repeated request gets its first response, whatever has been used up since. */
  readonly refusal?: (() => Promise<MusterError>) | undefined;
}

/** For the later appends of a command that makes several: only the first is recognized when the command is repeated. */
export function once(context: CommandContext): CommandContext {
  return { ...context, repeatable: false, refusal: undefined };
}

export interface Executed<Event extends AnyEvent, State> {
  readonly state: State;
  /** Events appended now, or by an earlier attempt of the same command; empty if nothing had to change. */
  readonly events: readonly Recorded<Event>[];
  /** Position of the newest of `events`; without any, of the stream's newest event, on which it was decided. Undefined if the stream is empty. */
  readonly position: bigint | undefined;
  /** Whether the command had been executed before; `events` are then the earlier ones. */
  readonly repeated: boolean;
}

/** Hints that save the executor a lookup. A wrong hint costs a conflict, never correctness. */
export interface ExecuteHints {
  /** The stream most likely does not exist yet, so it is not read first. */
  readonly fresh?: boolean;
}

/**
 * Executes commands: load (cached by revision), decide, and append at the exact revision; on a conflict, repeat a limited number of times (then
 * `MUSTER_E_CONFLICT`). Events before the last ClusterCleared do not count.
 */
export interface CommandExecutor {
  execute<Command, Event extends AnyEvent, State>(
    aggregate: Aggregate<Command, Event, State>,
    id: string,
    command: Command,
    context: CommandContext,
    hints?: ExecuteHints,
  ): Promise<Executed<Event, State>>;
  /**
   * Returns the result of the first execution of a command with an `Idempotency-Key`, from its stream; undefined if there was none, or the command has no key.
   * Callers that look for the target of a command must call this first, because the command may have removed it. Throws `MUSTER_E_IDEMPOTENCY_KEY_REUSED`.
   */
  repeated<Command, Event extends AnyEvent, State>(
    aggregate: Aggregate<Command, Event, State>,
    id: string,
    context: CommandContext,
  ): Promise<Executed<Event, State> | undefined>;
  load<Command, Event extends AnyEvent, State>(
    aggregate: Aggregate<Command, Event, State>,
    id: string,
  ): Promise<State>;
}
