import type { DefaultLimits } from '#domain/accounts/quota/index.js';
import type { PortRange } from '#domain/scheduling/index.js';
import { OnDemandThread } from '#src/engine/concurrency/index.js';
import { transferables, type EventStoreHandle } from '#src/engine/event-store/index.js';
import type { DecisionsStart } from './decision-messages.js';
import type { Decision, DecisionQuestion } from './decisions.js';

export interface DecisionReads {
  /**
   * Repeats a placement or a blocked evaluation from the plan log. Returns undefined if there is none at this revision. Throws `MUSTER_E_OVERLOADED`
   * if too many questions are waiting, or if the original state cannot be rebuilt in time.
   */
  explain(question: DecisionQuestion): Promise<Decision | undefined>;
}

/** Settings that decisions depend on, in addition to the log. */
export interface DecisionSettings {
  readonly portRange?: PortRange | undefined;
  readonly reserves: boolean;
  readonly quotas?: DefaultLimits | undefined;
}

export interface StartDecisionsOptions extends DecisionSettings {
  /** Called once for each thread that is started. */
  readonly eventStoreHandle: () => EventStoreHandle;
  readonly directory?: string | undefined;
}

/** Maximum number of waiting questions. Each one may take seconds. */
const MAX_WAITING = 16;

export function startDecisions(options: StartDecisionsOptions): DecisionReads & { stop(): Promise<void> } {
  const { eventStoreHandle, directory, portRange, reserves, quotas } = options;
  const thread = new OnDemandThread<DecisionQuestion, Decision | undefined>({
    name: 'decisions',
    entry: new URL('./decision-worker.js', import.meta.url),
    start: () => {
      const handle = eventStoreHandle();
      const workerData: DecisionsStart = { handle, directory, portRange, reserves, quotas };
      return { workerData, transferList: transferables(handle) };
    },
    waiting: MAX_WAITING,
    questions: 'questions about decisions',
  });
  return {
    explain: async (question) => await thread.ask(question),
    stop: async () => await thread.stop(),
  };
}
