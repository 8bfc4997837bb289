import type { JobCommand } from '#domain/jobs/job/commands.js';
import { jobDecider, type JobState } from '#domain/jobs/job/decider.js';
import type { JobEvent } from '#domain/jobs/job/events.js';
import type { GroupUpdate, JobSpecification } from '#domain/jobs/job/specification.js';
import { decideDeployment, jobDeploymentDueAt } from '#domain/work/deployment.js';
import { DUE_IMMEDIATELY, evolveWork, NO_WORK, type WorkView } from '#domain/work/index.js';
import type { LiveAllocation } from '#domain/scheduling/state/scheduled-job.js';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { World } from '../scheduling/world.js';

/** A job on one large node with all parts of its rollout: decider, scheduler, well-behaved agents and deployment decisions. */
export class Rollout {
  readonly world = new World().node('n', { resources: { cpu: 100_000, memory: 100_000 } });
  state: JobState = jobDecider.initialState;
  work: WorkView = NO_WORK;
  readonly #started = new Set<string>();
  #folded = 0;

  /** Appends the events that the job decides and those that the scheduler plans in response. */
  ask(command: JobCommand): readonly JobEvent[] {
    const events = jobDecider.decide(command, this.state);
    for (const event of events) this.#give(event);
    this.world.settle();
    this.#fold();
    return events;
  }

  submit(command: string, count: number, update: GroupUpdate): void {
    const specification: JobSpecification = {
      task_groups: [
        {
          name: 'web',
          count,
          update,
          tasks: [{ name: 'main', driver: 'exec', config: { command }, resources: { cpu: 1, memory: 1 } }],
        },
      ],
    };
    this.former.push(specification);
    this.ask({ kind: 'submit', jobId: 'j', evaluationId: this.world.nextEvaluation(), specification });
  }

  readonly former: JobSpecification[] = [];

  get live(): readonly LiveAllocation[] {
    return [...this.world.state.allocations.values()];
  }

  /** Lets agents start placed allocations and stop those that should stop. `failing` selects allocations that fail instead. */
  agents(failing: (allocation: LiveAllocation) => boolean): void {
    for (const allocation of this.live) {
      if (allocation.reported !== undefined) continue;
      if (allocation.stopping !== undefined) this.world.report(allocation.id, 'AllocationStopped');
      else if (failing(allocation)) this.world.report(allocation.id, 'AllocationFailed');
      else if (!this.#started.has(allocation.id)) {
        this.#started.add(allocation.id);
        const { allocationId, jobId, group, slot, nodeId } = this.world.placed(allocation.id);
        const data = {
          allocationId,
          jobId,
          group,
          slot,
          nodeId,
          startTime: 1,
          tasks: { main: { startTime: 1 } },
        };
        this.world.give({ type: 'AllocationStarted', data });
      }
    }
    this.world.settle();
    this.#fold();
  }

  /** Makes the decision that is due, as the loop does. Returns whether there was one. */
  judge(): boolean {
    const rollout = this.state.kind === 'present' ? (this.state.rollout ?? null) : null;
    const { now } = this.world;
    const due = jobDeploymentDueAt({ rollout, work: this.work });
    const judgement = decideDeployment({ rollout, work: this.work }, now);
    if ((judgement !== undefined) !== (due !== undefined && (due === DUE_IMMEDIATELY || due <= now)))
      throw new Error(`due ${due} at ${now}, and ${judgement?.kind}`);
    if (rollout === null || judgement === undefined) return false;
    const { version } = rollout;
    const told = { jobId: 'j', version } as const;
    if (judgement.kind === 'advance')
      this.ask({ kind: 'advanceDeployment', ...told, healthy: judgement.healthy });
    else {
      const { reason } = judgement;
      const failed = judgement.kind === 'fail' ? { failed: judgement.group, former: this.former[0] } : {};
      const outcome = judgement.kind === 'fail' ? 'failed' : 'completed';
      this.ask({
        kind: 'settleDeployment',
        ...told,
        outcome,
        reason,
        evaluationId: this.world.nextEvaluation(),
        ...failed,
      });
    }
    return true;
  }

  /** The number of slots without an allocation that has started, has not ended and is not stopping. */
  get down(): number {
    const rollout = this.state.kind === 'present' ? this.state.rollout : undefined;
    const group = this.world.state.jobs.get('j')?.groups[0];
    if (group === undefined || rollout === undefined) return 0;
    let down = 0;
    for (let slot = 0; slot < group.count; slot += 1) {
      const held = group.slots[slot]?.allocation;
      const runs =
        held !== undefined &&
        held.stopping === undefined &&
        held.reported === undefined &&
        this.#started.has(held.id);
      if (!runs) down += 1;
    }
    return down;
  }

  #give(event: MusterEvent): void {
    const recorded = this.world.give(event);
    this.state = jobDecider.evolve(this.state, recorded as never);
  }

  #fold(): void {
    for (; this.#folded < this.world.log.length; this.#folded += 1)
      this.work = evolveWork(this.work, this.world.log[this.#folded]!);
  }
}
