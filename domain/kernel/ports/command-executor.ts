import type { MusterError } from '#domain/kernel/errors/index.js';
import type { Aggregate, AnyEvent, Recorded } from '#domain/kernel/event/index.js';

/** The cause of an event: the request that it results from, and the nearest command or event, given by id or as `<stream>@<revision>`. */
export interface Cause {
  readonly correlationId: string;
  readonly causationId: string;
}

/** Describes the origin of a command: who requested it, and under which ids. Created once per request at the edge of the server, or by a saga. */
export interface CommandContext extends Cause {
  /** UUIDv5 of (surface, principal, method, path, Idempotency-Key), or random. */
  readonly commandId: string;
  /** True if the client sent an `Idempotency-Key`, so that a repeated command is recognized in the fold. */
  readonly repeatable: boolean;
  readonly bodyDigest: string;
  /** For example `local:root`, `user:<id>`, `node:<id>` or `saga:<name>`. */
  readonly actor: string;
  /** Id of the API key that the actor used. */
  readonly apiKey?: string | undefined;
  readonly surface: string;
  /** Set if only repetitions of executed commands are accepted, for example because a limit is exceeded. Returns the error for all other commands. */
  readonly refusal?: (() => Promise<MusterError>) | undefined;
  /** Returns the cause of each event that the command only reports, such as an allocation's end. Undefined for events that it caused itself. */
  readonly causesOf?: ((events: readonly AnyEvent[]) => Promise<readonly (Cause | undefined)[]>) | undefined;
}

/** Returns the context of a command that no request caused. `commandId`: a new random id. */
export function uncausedContext(commandId: string, actor: string, surface: string): CommandContext {
  return {
    commandId,
    repeatable: false,
    bodyDigest: '',
    correlationId: commandId,
    causationId: commandId,
    actor,
    surface,
  };
}

/** Returns the context for all appends of a command after its first. Only the first append is recognized when the command is repeated. */
export function once(context: CommandContext): CommandContext {
  return { ...context, repeatable: false, refusal: undefined };
}

export interface Executed<Event extends AnyEvent, State> {
  readonly state: State;
  readonly events: readonly Recorded<Event>[];
  /** Position of the newest event in `events`, or if it is empty, of the newest that the decision is based on. Undefined if the stream is empty. */
  readonly position: bigint | undefined;
  readonly repeated: boolean;
}

export interface ExecuteHints<Command = unknown, State = unknown> {
  /** Saves the executor a lookup. A wrong hint causes a conflict, but never a wrong result. */
  readonly fresh?: boolean;
  /**
   * Completes the command by what only other records know. Called before each decision on a stream that exists, and not for a repeated command, so
   * that a command that begins a stream costs no lookup.
   */
  readonly refine?: (command: Command, state: State) => Promise<Command>;
  /** Passed on to the event store ({@link AppendRequest}). */
  readonly urgent?: boolean;
}

/**
 * Executes commands: loads the state (cached by revision), decides, and appends at the exact revision. After a conflict, retries a limited number of
 * times, then throws `MUSTER_E_CONFLICT`. Events before the last ClusterCleared are ignored.
 */
export interface CommandExecutor {
  execute<Command, Event extends AnyEvent, State>(
    aggregate: Aggregate<Command, Event, State>,
    id: string,
    command: Command,
    context: CommandContext,
    hints?: ExecuteHints<Command, State>,
  ): Promise<Executed<Event, State>>;
  /**
   * Returns the result of the first execution of a command with an `Idempotency-Key`, read from its stream. Undefined if it was not executed before
   * or has no key. Callers that look up the target of a command must call this first, because the first execution may have removed the target. Throws
   * `MUSTER_E_IDEMPOTENCY_KEY_REUSED`.
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
