import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import { access, ignoreBodies, takeJson, type Scope } from '#src/surfaces/kit/index.js';
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

export function workerReads(scope: Scope, surface: TasksSurface): void {
  const { clock } = surface.parts;
  const workers = new Workers(surface);
  ignoreBodies(scope);

  scope.get(
    '/api/workers',
    {
      config: read,
      schema: {
        tags,
        operationId: 'tasks_listWorkers',
        summary: 'List workers',
        description:
          'Returns all workers, paged only on request: nodes in order of joining, then workers that only send heartbeats.',
        querystring: workerQuery,
        response: { 200: listAnswer('The workers', 'WorkerList', workerView), ...failures(400, 401, 403) },
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
        description: 'Returns its state, its resources with usage, and its runs.',
        params: workerParams,
        response: {
          200: answer('The worker', 'WorkerDetailAnswer', workerDetail),
          ...failures(401, 403, 404),
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
}

export function workerBodies(scope: Scope, surface: TasksSurface): void {
  const { clock, nodeCommands, identity } = surface.parts;
  const workers = new Workers(surface);
  takeJson(scope, surface.limits.jsonDepth);

  scope.put(
    '/api/workers/:worker_id',
    {
      config: access.admin(`${TASKS_SURFACE}:worker`),
      schema: {
        tags,
        operationId: 'tasks_updateWorker',
        summary: 'Configure a worker',
        description:
          'Absent fields stay. Current runs continue, even if they hold more slots than are left; `enabled: false` prevents new ones. 409 for a worker that only sends heartbeats.',
        params: workerParams,
        body: workerChange,
        response: { 200: worker('The worker'), ...failures(400, 401, 403, 404, 409, 422) },
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
          'For a node it is only displayed, since its agent sends heartbeats of its own. A worker that is not a node is displayed but gets no runs; at most 1,000 of those are recorded (429), each until a day of silence. Accepts the join token too.',
        params: workerParams,
        body: workerHeartbeat,
        response: { 200: worker('The worker'), ...failures(400, 401, 403, 429) },
      },
    },
    async (request, reply) => {
      const { worker_id: workerId } = request.params;
      if (!IDENTIFIER.test(workerId))
        throw new MusterError('MUSTER_E_INVALID', {
          field: 'worker_id',
          problem: `must match ${IDENTIFIER.source.slice(1, -1)}`,
        });
      if (request.principal.kind === 'node') await identity.nodes.authorize(request.principal, workerId);
      surface.workers.heard(workerId, request.body);
      return enveloped(await workers.get(reply, workerId), 'Heartbeat received', clock.now());
    },
  );
}
