import type { EventStore } from '#domain/kernel/ports/event-store.js';

export interface Finding {
  readonly check: string;
  readonly subject: string;
  readonly id?: string;
  readonly problem: string;
  readonly path?: string;
  readonly actual?: string;
  readonly expected?: string;
}

export interface Check {
  readonly name: string;
  run(store: EventStore): Promise<readonly Finding[]>;
}
