import type { Aggregate, AnyEvent, Recorded } from '#domain/event/index.js';

/** Who asks for what, under which ids. Made at the edge, once a request; a saga makes its own. */
export interface CommandContext {
  /** UUIDv5 of (surface, principal, method, path, Idempotency-Key), else random. */
  readonly commandId: string;
  /** The client gave an `Idempotency-Key`: the command is recognised in the fold when it comes again. */
  readonly repeatable: boolean;
  /** SHA-256 of the body, hex. */
  readonly bodyDigest: string;
  readonly correlationId: string;
  readonly causationId: string;
  /** `anonymous`, `user:<id>`, `node:<id>`, `saga:<name>`. */
  readonly actor: string;
  readonly surface: string;
}

/** The rest of a command that leaves several appends: only its first one is recognised when the command comes again. */
export function once(context: CommandContext): CommandContext {
  return { ...context, repeatable: false };
}

/** What a command did. */
export interface Executed<Event extends AnyEvent, State> {
  readonly state: State;
  /** Events appended now, or found from an earlier try of the same command; empty when nothing had to change. */
  readonly events: readonly Recorded<Event>[];
  /** Position of the newest of `events`; where there are none, of the stream's newest event, which is what it was decided on. Undefined: the stream has none. */
  readonly position: bigint | undefined;
  /** The command had been carried out before: `events` are the earlier ones. */
  readonly repeated: boolean;
}

/** What the asker knows and the executor would have to find out. A wrong hint costs a conflict, never correctness. */
export interface ExecuteHints {
  /** The command begins something: the stream is most likely not there, and looking first is a waste. */
  readonly fresh?: boolean;
}

/**
 * Load (cached by revision), decide, append at the exact revision, and on a conflict do it again, a bounded number of
 * times (then `MUSTER_E_CONFLICT`). Events older than the last ClusterCleared do not count.
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
   * What a command with an `Idempotency-Key` did when it came first, as its stream has it; undefined: it has not come, or has no key. Who would look for
   * the thing before the command asks this first: the command may be what removed it. Errors: `MUSTER_E_IDEMPOTENCY_KEY_REUSED`.
   */
  repeated<Command, Event extends AnyEvent, State>(
    aggregate: Aggregate<Command, Event, State>,
    id: string,
    context: CommandContext,
  ): Promise<Executed<Event, State> | undefined>;
  /** The folded state, read to the stream's end. */
  load<Command, Event extends AnyEvent, State>(aggregate: Aggregate<Command, Event, State>, id: string): Promise<State>;
}
