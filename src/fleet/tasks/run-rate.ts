import type { Clock } from '#domain/kernel/ports/clock.js';
import { HOLDER_KINDS, type HolderKind, type QuotaExcess } from '#domain/accounts/quota/index.js';
import type { TaskEvent, TaskState } from '#domain/tasks/task/index.js';
import { holderOf, type Member } from '#src/accounts/index.js';

const MINUTE_MS = 60_000;

/** Counts the runs that this server started in the current minute. The scheduler enforces the quota across the cluster. */
export class RunRate {
  readonly #counts = new Map<string, number>();
  #minute = 0;

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  /** Counts the runs in the events of one command. `before`: the task state from which they were decided. */
  readonly count = (events: readonly TaskEvent[], before: TaskState): void => {
    const runs = events.reduce((sum, event) => sum + runsOf(event), 0);
    if (runs === 0 || before.kind !== 'present') return;
    this.#turn();
    const member = { tenantId: before.tenantId, account: before.createdBy };
    for (const of of HOLDER_KINDS) this.#counts.set(keyOf(of, member), this.#used(of, member) + runs);
  };

  /** Returns the quota that one more run in this minute would exceed, or undefined if there is none. */
  excess(member: Member, limits: Readonly<Record<HolderKind, number | undefined>>): QuotaExcess | undefined {
    this.#turn();
    for (const of of HOLDER_KINDS) {
      const [limit, used] = [limits[of], this.#used(of, member)];
      if (limit !== undefined && used >= limit)
        return { quota: 'runs_per_minute', of, holder: holderOf(of, member), limit, used };
    }
    return undefined;
  }

  get leftMs(): number {
    return MINUTE_MS - (this.clock.now() % MINUTE_MS);
  }

  #used(of: HolderKind, member: Member): number {
    return this.#counts.get(keyOf(of, member)) ?? 0;
  }

  #turn(): void {
    const minute = Math.floor(this.clock.now() / MINUTE_MS);
    if (minute === this.#minute) return;
    this.#minute = minute;
    this.#counts.clear();
  }
}

function runsOf({ type, data }: TaskEvent): number {
  switch (type) {
    case 'TaskTriggered':
      return 1;
    case 'TaskBackfilled':
      return data.slots.length;
    case 'TaskSlotDecided':
    case 'TaskChainDecided':
      return data.decision === 'run' ? 1 : 0;
    default:
      return 0;
  }
}

function keyOf(of: HolderKind, member: Member): string {
  return `${of} ${holderOf(of, member)}`;
}
