import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import { access, type Scope } from '#src/http/index.js';
import { IDENTIFIER } from '#domain/kernel/identifier.js';
import { answer, enveloped, envelopedPage, failures, listAnswer } from '../envelope.js';
import { workerErrors } from '../worker-heartbeats.js';
import { TASKS_SURFACE, type TasksSurface } from '../surface.js';
import {
  workerChange,
  workerDetail,
  workerHeartbeat,
  workerParams,
  workerQuery,
  workerView,
} from '../worker-contract.js';
import { absent, Workers } from '../workers.js';

const tags = ['workers'];
const read = access.account(`${TASKS_SURFACE}:read`);
const worker = (description: string) => answer(description, 'WorkerAnswer', workerView);
const SIZE = 20;

export function workerRoutes(scope: Scope, surface: TasksSurface): void {
  const { clock, nodeCommands, nodes } = surface.parts;
  const workers = new Workers(surface);

  scope.get(
    '/api/workers',
    {
      config: read,
      schema: {
        tags,
        operationId: 'tasks_listWorkers',
        summary: 'List workers',
        description:
          'Returns all workers: nodes in the order in which they joined, then workers that only send heartbeats. The list is paged only on request.',
        querystring: workerQuery,
        response: { 200: listAnswer('The workers', 'WorkerList', workerView), ...failures() },
      },
    },
    async (request, reply) => {
      const { page, size, status, tag } = request.query;
      const all = await workers.all(reply);
      const found = all.filter(
        (each) =>
          (status === undefined || each.status === status) && (tag === undefined || each.tags.includes(tag)),
      );
      if (page === undefined && size === undefined) return enveloped(found, 'Workers', clock.now());
      const paged = { page: page ?? 1, size: size ?? SIZE, total: found.length };
      const first = (paged.page - 1) * paged.size;
      return envelopedPage(found.slice(first, first + paged.size), paged, 'Workers', clock.now());
    },
  );

  scope.get(
    '/api/workers/:worker_id',
    {
      config: read,
      schema: {
        tags,
        operationId: 'tasks_getWorker',
        summary: 'Get a worker',
        description: "Returns the worker's state, resources with usage, and runs.",
        params: workerParams,
        response: {
          200: answer('The worker', 'WorkerDetailAnswer', workerDetail),
          ...failures(404),
        },
      },
    },
    async (request, reply) =>
      enveloped(
        await workers.detail(reply, surface.account(request), request.params.worker_id),
        'Worker',
        clock.now(),
      ),
  );

  scope.put(
    '/api/workers/:worker_id',
    {
      config: access.admin(`${TASKS_SURFACE}:worker`),
      schema: {
        tags,
        operationId: 'tasks_updateWorker',
        summary: 'Configure a worker',
        description:
          'Omitted fields are unchanged. Current runs continue, even if they hold more slots than the new limit; `enabled: false` prevents new runs. Returns 409 for a worker that only sends heartbeats.',
        params: workerParams,
        body: workerChange,
        response: { 200: worker('The worker'), ...failures(404, 409) },
      },
    },
    async (request, reply) => {
      const { worker_id: workerId } = request.params;
      const { max_tasks: slots, tags: words, enabled } = request.body;
      if (!IDENTIFIER.test(workerId)) throw absent(workerId);
      const configured = nodeCommands.configure(
        workerId,
        { eligible: enabled, slots, tags: words },
        surface.context(request),
      );
      const { position } = await configured.catch((error: unknown) => {
        if (!isMusterError(error, 'MUSTER_E_NODE_NOT_FOUND')) throw error;
        throw surface.workers.of(workerId) === undefined
          ? absent(workerId)
          : new MusterError(workerErrors.MUSTER_E_WORKER_NO_NODE, { workerId });
      });
      await surface.written(reply, position);
      if (position !== undefined) await surface.parts.readModels.waitFor(position, surface.limits.waitMs);
      return enveloped(await workers.get(reply, workerId), 'Worker updated', clock.now());
    },
  );

  scope.post(
    '/api/workers/:worker_id/heartbeat',
    {
      config: access.worker(`${TASKS_SURFACE}:worker`),
      schema: {
        tags,
        operationId: 'tasks_heartbeatWorker',
        summary: 'Send a worker heartbeat',
        description:
          'For a node, the heartbeat is only displayed, since its agent sends its own heartbeats. A worker that is not a node is displayed but gets no runs. At most 1,000 such workers are recorded (429 if there are more), each until a day after its last heartbeat. Also accepts the join token.',
        params: workerParams,
        body: workerHeartbeat,
        response: { 200: worker('The worker'), ...failures() },
      },
    },
    async (request, reply) => {
      const { worker_id: workerId } = request.params;
      if (!IDENTIFIER.test(workerId))
        throw new MusterError('MUSTER_E_INVALID', {
          field: 'worker_id',
          problem: `must match ${IDENTIFIER.source.slice(1, -1)}`,
        });
      if (request.principal.kind === 'node') await nodes.authorize(request.principal, workerId);
      surface.workers.heard(workerId, request.body);
      return enveloped(await workers.get(reply, workerId), 'Heartbeat received', clock.now());
    },
  );
}
