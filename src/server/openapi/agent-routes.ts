import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { agentMetrics, agentUsage, allocationOrder, allocationStatus, newestPoints, usageHistory } from '#domain/protocol/index.js';
import { byteStream, errors, flag, json, type Scope } from '#src/surfaces/kit/index.js';

const tags = ['allocations'];
const params = z.object({ allocation_id: z.string().meta({ description: 'Allocation id', examples: ['6a1f5c39-2d0b-5b58-9a0d-8c4a8e3f2b11'] }) });
const order = allocationOrder.meta({
  id: 'AllocationOrder',
  description: 'What is to run',
  examples: [
    {
      allocation_id: '6a1f5c39-2d0b-5b58-9a0d-8c4a8e3f2b11',
      job_id: 'hello',
      task_group: { name: 'web', tasks: [{ name: 'serve', resources: { cpu: 500, memory: 256 }, config: { image: 'nginx:1.27', port: 8080 } }] },
    },
  ],
});
const status = allocationStatus.meta({ id: 'AllocationStatus', description: 'How an allocation is. Times are Unix seconds' });
const accepted = z
  .object({ message: z.string().meta({ examples: ['Allocation accepted'] }), allocation_id: z.string() })
  .meta({ id: 'Accepted', description: 'It will run' });
const list = z.object({ allocations: z.array(status), count: z.number().int() }).meta({ id: 'AllocationList', description: 'All that the agent knows' });
const stopped = z.object({ message: z.string() }).meta({
  id: 'Stopped',
  description: 'It is stopped and gone',
  examples: [{ message: 'Allocation 6a1f5c39-2d0b-5b58-9a0d-8c4a8e3f2b11 stopped and removed' }],
});
const usage = agentUsage.meta({ id: 'AgentUsage', description: 'What the agent measures of its machine and its tasks' });
const history = usageHistory.meta({ id: 'UsageHistory', description: 'What the tasks of an allocation used over the last hour, oldest first' });
const metrics = agentMetrics.meta({ id: 'AgentMetrics', description: 'How the machine is, and its GPUs' });
const logs = z.strictObject({
  task: z.string().max(64).optional().meta({ description: 'Which task; may be absent where there is only one' }),
  type: z.enum(['stdout', 'stderr', 'both']).optional().meta({ title: 'LogStream', description: 'Which stream; absent: both' }),
  follow: flag.meta({ description: 'Go on as more is written, until the task has ended' }),
  tail: z.coerce.number().int().min(0).optional().meta({ description: 'Begin with the last so many lines' }),
  since: z.coerce.number().min(0).optional().meta({ description: 'Unix seconds: only what was written since, of a container; of others all' }),
});

const points = z.strictObject({ last: newestPoints.meta({ description: 'Only the newest so many points of each task' }) });

/** Routes of a node agent (`agents/api`), for its description only; a server does not serve them. */
export async function agentRoutes(app: Scope): Promise<void> {
  const documented = describe(app);
  documented('POST', '/allocations', {
    operationId: 'agent_runAllocation',
    summary: 'Run an allocation',
    description: 'Repeatable: an allocation that is known already is accepted again. `X-Muster-Epoch` of another epoch is refused.',
    body: order,
    response: { 200: json('It is accepted', accepted), ...errors(400, 401, 409) },
  });
  documented('GET', '/allocations', {
    operationId: 'agent_listAllocations',
    summary: 'List allocations',
    description: 'All that the agent knows, also what has ended and was not yet let go.',
    response: { 200: json('The allocations', list), ...errors(401) },
  });
  documented('GET', '/allocations/:allocation_id', {
    operationId: 'agent_getAllocation',
    summary: 'Get the status of an allocation',
    description: 'How it and each of its tasks are.',
    params,
    response: { 200: json('Its status', status), ...errors(401, 404) },
  });
  documented('DELETE', '/allocations/:allocation_id', {
    operationId: 'agent_stopAllocation',
    summary: 'Stop and remove an allocation',
    description: 'Answers when its tasks have ended.',
    params,
    response: { 200: json('It is stopped and gone', stopped), ...errors(401, 404, 409) },
  });
  documented('GET', '/allocations/:allocation_id/logs', {
    operationId: 'agent_getLogs',
    summary: 'Read the log of a task',
    description: 'What a task has written: of one stream the bytes as they are, of both the lines in the order in which they were written.',
    params,
    querystring: logs,
    response: { 200: byteStream('What the task wrote', { 'text/plain': 'The bytes as they come, with `follow` until the task has ended' }), ...errors(400, 401, 404) },
  });
  documented('GET', '/allocations/:allocation_id/usage', {
    operationId: 'agent_getUsageHistory',
    summary: 'Get what an allocation used over the last hour',
    description: 'A point each half minute: processor and memory, each a mean. Kept with the task, over restarts of the agent.',
    params,
    querystring: points,
    response: { 200: json('What it used', history), ...errors(400, 401, 404) },
  });
  documented('GET', '/usage', {
    operationId: 'agent_getUsage',
    summary: 'Get what the machine and the tasks use',
    description: 'Peak and average of every task that has not ended, and what the whole machine uses now.',
    response: { 200: json('What is used', usage), ...errors(401) },
  });
  documented('GET', '/api/v1/metrics', {
    operationId: 'agent_getMetrics',
    summary: 'Get how the machine is',
    description:
      'Processor, memory and GPUs of the machine, measured once a second at most. Nothing of what runs on it. Figures that a device does not tell are null; `system.gpu_problem` says why devices may be missing.',
    response: { 200: json('How it is', metrics), ...errors(401) },
  });
}

function describe(app: FastifyInstance) {
  return (method: 'GET' | 'POST' | 'DELETE', url: string, schema: Readonly<Record<string, unknown>>): void => {
    app.route({
      method,
      url,
      schema: { tags, security: [{ orderToken: [] }], ...schema },
      handler: () => {
        throw new Error('this route is documented here and served by an agent');
      },
    });
  };
}
