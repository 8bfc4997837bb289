import type {
  AgentAddress,
  AgentChannel,
  PlaceOutcome,
  StatusOutcome,
  StopOutcome,
} from '#domain/protocol/agent-channel.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { KillTimeouts, AllocationReport } from '#domain/protocol/index.js';

export interface Temper {
  /** Delay before the agent acts on a call, in milliseconds. */
  late: number;
  /** Delay before the agent acts on a stop, in milliseconds. Default: `late`. */
  lateStops?: number;
  /** Its responses get lost. */
  mute: boolean;
  /** Its caller sees a broken connection at once, whatever the agent does about the call later. */
  cut: boolean;
  /** No call reaches it, and it reports nothing. */
  dead: boolean;
  lists: boolean;
  forgetsEnded: boolean;
  /** Message with which it rejects orders. */
  refusal?: string;
}

/** A third party's agent in simulated time, behind a network that loses and delays. */
export class SimulatedAgent implements AgentChannel {
  readonly temper: Temper = {
    late: 0,
    mute: false,
    cut: false,
    dead: false,
    lists: true,
    forgetsEnded: false,
  };
  readonly held = new Map<string, 'running' | 'complete'>();
  readonly begun = new Map<string, number>();
  /** Ids of its stop calls, in order. */
  readonly told: string[] = [];
  /** Kill timeouts of its stop calls, in order. */
  readonly killTimeouts: (KillTimeouts | undefined)[] = [];
  /** Addresses at which it was called, in order. */
  readonly calledAt: AgentAddress[] = [];
  /** Number of calls in progress per allocation, and the maxima: allocations with calls, and calls of one allocation. */
  readonly underWay = new Map<string, number>();
  mostUnderWay = 0;
  mostOfOne = 0;

  constructor(
    private readonly clock: Clock,
    readonly requestTimeoutMs: number,
  ) {}

  place(
    address: AgentAddress,
    { allocation_id: id }: { readonly allocation_id: string },
  ): Promise<PlaceOutcome> {
    this.calledAt.push(address);
    return this.#call<PlaceOutcome>(id, this.temper.late, () => {
      if (this.temper.refusal !== undefined) return { kind: 'rejected', message: this.temper.refusal };
      this.begun.set(id, (this.begun.get(id) ?? 0) + 1);
      this.held.set(id, 'running');
      return { kind: 'accepted' };
    });
  }

  stop(address: AgentAddress, id: string, killTimeouts?: KillTimeouts): Promise<StopOutcome> {
    this.killTimeouts.push(killTimeouts);
    this.calledAt.push(address);
    this.told.push(id);
    return this.#call(id, this.temper.lateStops ?? this.temper.late, () =>
      this.held.delete(id) ? { kind: 'stopped' } : { kind: 'absent' },
    );
  }

  status(address: AgentAddress, id: string): Promise<StatusOutcome> {
    this.calledAt.push(address);
    return this.#call(id, this.temper.late, () => {
      const report = this.report()[id];
      return report === undefined
        ? { kind: 'absent' }
        : { kind: 'found', status: { allocation_id: id, job_id: 'j1', task_group: 'web', ...report } };
    });
  }

  usage(): Promise<never> {
    throw new Error('not asked for');
  }

  removeVolume(): Promise<never> {
    throw new Error('not asked here');
  }

  usageHistory(): Promise<never> {
    throw new Error('not asked for');
  }

  metrics(): Promise<never> {
    throw new Error('not asked for');
  }

  command(): Promise<never> {
    throw new Error('not asked for');
  }

  logs(): Promise<never> {
    throw new Error('not asked for');
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  report(): Record<string, AllocationReport> {
    const known = [...this.held].filter(([, status]) => status === 'running' || !this.temper.forgetsEnded);
    return Object.fromEntries(
      known.map(([id, status]) => [
        id,
        {
          status,
          start_time: 1,
          end_time: status === 'running' ? null : 2,
          tasks: { main: { status, start_time: 1, exit_code: status === 'running' ? null : 0 } },
        },
      ]),
    );
  }

  async #call<Answer extends object>(
    id: string,
    late: number,
    act: () => Answer,
  ): Promise<Answer | { kind: 'unknown'; problem: string }> {
    const ofOne = (this.underWay.get(id) ?? 0) + 1;
    this.underWay.set(id, ofOne);
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay.size);
    this.mostOfOne = Math.max(this.mostOfOne, ofOne);
    try {
      return await this.#answer(late, act);
    } finally {
      if (ofOne === 1) this.underWay.delete(id);
      else this.underWay.set(id, ofOne - 1);
    }
  }

  /** Acts after its delay, whether or not the caller still waits. */
  async #answer<Answer extends object>(
    late: number,
    act: () => Answer,
  ): Promise<Answer | { kind: 'unknown'; problem: string }> {
    const { mute, cut, dead } = this.temper;
    const unknown = { kind: 'unknown', problem: 'no answer' } as const;
    if (dead) {
      await this.clock.sleep(this.requestTimeoutMs);
      return unknown;
    }
    if (cut) {
      void this.clock.sleep(late).then(act);
      return unknown;
    }
    await this.clock.sleep(late);
    const answer = act();
    if (!mute && late < this.requestTimeoutMs) return answer;
    await this.clock.sleep(Math.max(0, this.requestTimeoutMs - late));
    return unknown;
  }
}
