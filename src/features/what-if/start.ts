import type { DefaultLimits } from '#domain/accounts/quota/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { PortRange } from '#domain/scheduling/index.js';
import { OnDemandThread } from '#src/engine/concurrency/index.js';
import { transferables, type EventStoreHandle } from '#src/engine/event-store/index.js';
import type { WhatIfAnswer, WhatIfQuestion, WhatIfReply } from './question.js';

export interface WhatIfReads {
  /**
   * Simulates changes without writing anything. Throws `MUSTER_E_OVERLOADED` if too many questions are waiting or the state cannot be rebuilt in
   * time, and the errors of refused changes.
   */
  ask(question: WhatIfQuestion): Promise<WhatIfAnswer>;
}

export interface StartWhatIfOptions {
  readonly eventStoreHandle: () => EventStoreHandle;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly directory?: string | undefined;
  readonly portRange?: PortRange | undefined;
  readonly reserves: boolean;
  readonly quotas?: DefaultLimits | undefined;
}

export interface WhatIfStart extends Omit<StartWhatIfOptions, 'eventStoreHandle' | 'clock'> {
  readonly handle: EventStoreHandle;
}

const MAX_WAITING = 4;
const IDLE_MS = 300_000;

export function startWhatIf(options: StartWhatIfOptions): WhatIfReads & { stop(): Promise<void> } {
  const { eventStoreHandle, clock, ...rest } = options;
  const thread = new OnDemandThread<WhatIfQuestion, WhatIfReply>({
    name: 'what-if',
    entry: new URL('./what-if-worker.js', import.meta.url),
    start: () => {
      const handle = eventStoreHandle();
      const workerData: WhatIfStart = { handle, ...rest };
      return { workerData, transferList: transferables(handle) };
    },
    waiting: MAX_WAITING,
    questions: 'what-if questions',
    idle: { ms: IDLE_MS, clock },
  });
  return {
    ask: async (question) => answerOf(await thread.ask(question)),
    stop: async () => await thread.stop(),
  };
}

export function answerOf(reply: WhatIfReply): WhatIfAnswer {
  if (reply.kind === 'refused') throw new MusterError(reply.code, reply.fields);
  return reply.answer;
}
