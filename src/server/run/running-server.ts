import type { MadeAdministrator } from '#src/accounts/index.js';

export interface RunningServer {
  readonly url: string;
  readonly administrator: MadeAdministrator | undefined;
  readonly fatal: Promise<Error>;
  running(): number | undefined;
  stop(): Promise<void>;
}
