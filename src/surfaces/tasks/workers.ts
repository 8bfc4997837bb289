import type { FastifyReply } from 'fastify';
import { setImmediate } from 'node:timers/promises';
import { MusterError } from '#domain/kernel/errors/index.js';
import { IDENTIFIER } from '#domain/kernel/identifier.js';
import { SLOTS } from '#domain/kernel/resources.js';
import { runOf, runStatus, newestSlot, taskOf } from '#domain/tasks/task/index.js';
import { allocations, heldOn, type AllocationDocument } from '#projections/jobs/allocations.js';
import { nodes, type NodeDocument } from '#projections/nodes/nodes.js';
import { taskRuns, type TaskRunDocument } from '#projections/tasks/task-runs.js';
import { tasks as taskModel, type TaskDocument } from '#projections/tasks/tasks.js';
import { maySee, type UserPrincipal } from '#src/accounts/index.js';
import { markStale, read, wireTime } from '#src/http/index.js';
import { workerErrors } from './worker-heartbeats.js';
import type { TasksSurface } from './surface.js';
import type { WorkerRun, WorkerDetail, WorkerView } from './worker-view.js';
import { detailOfHeard, detailOfNode, viewHeard, viewNode } from './worker-view.js';

const AT_ONCE = 64;

/** Workers as accounts see them: nodes, and workers that only send heartbeats. */
export class Workers {
  constructor(private readonly surface: TasksSurface) {}

  async all(reply: FastifyReply): Promise<readonly WorkerView[]> {
    const { readModels, nodeCommands } = this.surface.parts;
    const views: WorkerView[] = [];
    for await (const page of readModels.list(nodes.name)) {
      const held = await this.#slotsHeldOn(
        reply,
        page.map(({ id }) => id),
      );
      for (const stored of page) {
        if (stored.parked) markStale(reply);
        const node = read<NodeDocument>(stored);
        views.push(
          viewNode(node, { [SLOTS]: held.get(node.nodeId) ?? 0 }, nodeCommands.telemetry(node.nodeId)),
        );
        if (views.length % AT_ONCE === 0) await setImmediate();
      }
    }
    const alone = this.surface.workers.alone();
    return [
      ...views,
      ...alone.map(([id, heard]) => viewHeard(id, heard, this.surface.workers.isSilent(heard))),
    ];
  }

  /** Throws `MUSTER_E_WORKER_NOT_FOUND`. */
  async get(reply: FastifyReply, workerId: string): Promise<WorkerView> {
    const node = await this.node(reply, workerId);
    if (node !== undefined)
      return viewNode(
        node,
        (await this.#heldOn(reply, workerId)).resources,
        this.surface.parts.nodeCommands.telemetry(workerId),
      );
    const heard = this.surface.workers.of(workerId);
    if (heard === undefined) throw absent(workerId);
    return viewHeard(workerId, heard, this.surface.workers.isSilent(heard));
  }

  /** Throws `MUSTER_E_WORKER_NOT_FOUND`. */
  async detail(reply: FastifyReply, account: UserPrincipal, workerId: string): Promise<WorkerDetail> {
    const { workers, parts } = this.surface;
    const node = await this.node(reply, workerId);
    const heard = workers.of(workerId);
    if (node !== undefined) {
      const { resources, jobs } = await this.#heldOn(reply, workerId);
      const telemetry = parts.nodeCommands.telemetry(workerId);
      const runs = await this.#runsOf(reply, account, jobs);
      return {
        ...viewNode(node, resources, telemetry),
        ...detailOfNode(node, resources, telemetry, heard),
        running_runs: runs,
      };
    }
    if (heard === undefined) throw absent(workerId);
    return { ...viewHeard(workerId, heard, workers.isSilent(heard)), ...detailOfHeard(heard) };
  }

  async node(reply: FastifyReply, workerId: string): Promise<NodeDocument | undefined> {
    return IDENTIFIER.test(workerId)
      ? await this.surface.document<NodeDocument>(reply, nodes.name, workerId)
      : undefined;
  }

  async #slotsHeldOn(reply: FastifyReply, nodeIds: readonly string[]): Promise<Map<string, number>> {
    const held = new Map<string, number>();
    for await (const page of this.#held(reply, nodeIds.map(heldOn))) {
      for (const { resources, nodeId } of page)
        held.set(nodeId, (held.get(nodeId) ?? 0) + (resources[SLOTS] ?? 0));
      await setImmediate();
    }
    return held;
  }

  async #heldOn(
    reply: FastifyReply,
    nodeId: string,
  ): Promise<{ readonly resources: Readonly<Record<string, number>>; readonly jobs: readonly string[] }> {
    const held = new Map<string, number>();
    const jobs: string[] = [];
    for await (const page of this.#held(reply, heldOn(nodeId)))
      for (const { resources, jobId } of page) {
        jobs.push(jobId);
        for (const [name, amount] of Object.entries(resources))
          held.set(name, (held.get(name) ?? 0) + amount);
      }
    return { resources: Object.fromEntries(held), jobs };
  }

  async *#held(
    reply: FastifyReply,
    shown: string | readonly string[],
  ): AsyncGenerator<readonly AllocationDocument[]> {
    for await (const page of this.surface.parts.readModels.list(allocations.name, {
      where: { index: 'shown', value: shown },
    })) {
      if (page.some(({ parked }) => parked)) markStale(reply);
      yield page
        .map((stored) => read<AllocationDocument>(stored))
        .filter(({ released }) => released === null);
    }
  }

  async #runsOf(reply: FastifyReply, account: UserPrincipal, jobs: readonly string[]): Promise<WorkerRun[]> {
    const runs: WorkerRun[] = [];
    for (const job of jobs) {
      const named = runOf(job);
      const task =
        named && (await this.surface.document<TaskDocument>(reply, taskModel.name, String(named.task)));
      if (task === undefined || !maySee(account, task)) continue;
      const run = await this.surface.document<TaskRunDocument>(reply, taskRuns.name, job);
      if (run === undefined) continue;
      const startedAt = taskOf(newestSlot(run))?.startTime;
      const started = startedAt === null || startedAt === undefined ? null : wireTime(startedAt * 1000);
      runs.push({ task_id: run.taskId, run_id: run.run, status: runStatus(run), started_at: started });
    }
    return runs;
  }
}

/** The message does not contain the id if it is invalid. */
export function absent(workerId: string): MusterError {
  return new MusterError(workerErrors.MUSTER_E_WORKER_NOT_FOUND, {
    workerId: IDENTIFIER.test(workerId) ? workerId : '?',
  });
}
