import type { MadeAdministrator } from '#src/accounts/index.js';

export interface RunningServer {
  readonly url: string;
  readonly administrator: MadeAdministrator | undefined;
  /** Resolves when the server cannot continue: the process should exit and be restarted. */
  readonly fatal: Promise<Error>;
  /** Number of allocations that were started and have not ended, according to the log; undefined if no role of this server follows them. */
  running(): number | undefined;
  /** Readiness fails first, then requests in flight end, then everything closes in the order of its dependencies. Tasks keep running. */
  stop(): Promise<void>;
}
