import type { Clock } from '#domain/kernel/ports/clock.js';
import { untilAborted } from '../../platform/clock/until-aborted.js';
import { DEFAULT_KILL_TIMEOUT_SECONDS, UnknownLogError, type IsKnown } from '../driver.js';
import type { Maker, OwnWork } from '../own-work.js';
import type { Cgroups, TaskCgroup } from './cgroup.js';
import { partsOfCgroupName } from './launch.js';
import { taskProcesses } from './left-processes.js';
import { sendSignal } from './process-table.js';

interface LeftWorkParts {
  readonly own: OwnWork;
  readonly cgroups: Cgroups;
  readonly clock: Clock;
  readonly life: AbortSignal;
}

const POLL_MS = 50;

/** Ends processes and removes control groups that belong to no allocation of the journal. */
export class LeftWork {
  #swept: Promise<void> = Promise.resolve();

  constructor(private readonly parts: LeftWorkParts) {}

  /** Resolves when what was left has been killed, as far as it was known to be this agent's. Never rejects. */
  async swept(): Promise<void> {
    await this.#swept.catch(() => undefined);
  }

  /** Ends what is left of one allocation. */
  async endAllocation(allocationId: string): Promise<void> {
    const { clock, cgroups, life, own } = this.parts;
    const left = this.#left(await cgroups.names(), (id) => id === allocationId);
    for (const pid of left.processes()) sendSignal(pid, 'SIGTERM');
    const killAt = clock.monotonic() + DEFAULT_KILL_TIMEOUT_SECONDS * 1000;
    while (left.processes().length > 0 && !life.aborted) {
      if (clock.monotonic() >= killAt) for (const pid of left.processes()) sendSignal(pid, 'SIGKILL');
      await clock.sleep(POLL_MS, life);
    }
    for (const cgroup of left.cgroups) await cgroup.remove();
    if (taskProcesses().some((process) => process.allocation === allocationId && own.mayHave(process)))
      throw new UnknownLogError();
  }

  /** Kills all that is left. Repeated once the log is known, because until then what bears a log is not this agent's. */
  async sweep(isKnown: IsKnown, signal: AbortSignal): Promise<void> {
    const { own } = this.parts;
    for (let isLast = false; !isLast && !signal.aborted;) {
      isLast = own.log !== undefined;
      await (this.#swept = this.#kill(isKnown));
      if (!isLast) await Promise.race([own.known, untilAborted(signal)]);
    }
  }

  async #kill(isKnown: IsKnown): Promise<void> {
    const left = this.#left(await this.parts.cgroups.names(), (id, made) => !isKnown(id, made));
    for (const pid of left.processes()) sendSignal(pid, 'SIGKILL');
    for (const cgroup of left.cgroups) await cgroup.remove();
  }

  /** What is left of allocations, by the control groups of this agent and by the environments of its processes. */
  #left(names: readonly string[], isLeft: (allocationId: string, made: Maker) => boolean) {
    const { cgroups, own } = this.parts;
    const groups: readonly TaskCgroup[] = names
      .filter((name) => {
        const { allocationId, log } = partsOfCgroupName(name);
        const made = { node: own.nodeId, log };
        return own.has(made) && isLeft(allocationId, made);
      })
      .flatMap((name) => cgroups.find(name) ?? []);
    return {
      cgroups: groups,
      processes: (): number[] => [
        ...groups.flatMap((cgroup) => cgroup.processes()),
        ...taskProcesses()
          .filter((process) => own.has(process) && isLeft(process.allocation, process))
          .map(({ pid }) => pid),
      ],
    };
  }
}
