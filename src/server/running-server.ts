import type { MadeAdministrator } from '#src/accounts/index.js';

/** A server that listens. */
export interface RunningServer {
  /** Base URL of its API. */
  readonly url: string;
  /** The first administrator, where this start made it. */
  readonly administrator: MadeAdministrator | undefined;
  /** Resolves when it cannot go on: the process should exit, and start again. */
  readonly fatal: Promise<Error>;
  /** How many allocations were started and have not ended, as far as the log tells; undefined where no role of this server knows. */
  running(): number | undefined;
  /** Readiness goes first, what is under way ends, then everything closes in the order that depends on it. Tasks keep running. */
  stop(): Promise<void>;
}
