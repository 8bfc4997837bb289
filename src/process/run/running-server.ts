import type { MadeAdministrator } from '#src/accounts/index.js';
import type { Running } from './run-until-stopped.js';

export interface RunningServer extends Running {
  readonly administrator: MadeAdministrator | undefined;
  running(): number | undefined;
}
