import type { DefaultLimits } from '#domain/accounts/quota/index.js';
import type { PortRange } from '#domain/scheduling/index.js';
import type { EventStoreHandle } from '#src/engine/event-store/index.js';

export interface DecisionsStart {
  readonly handle: EventStoreHandle;
  readonly directory: string | undefined;
  readonly portRange: PortRange | undefined;
  readonly reserves: boolean;
  readonly quotas: DefaultLimits | undefined;
}
