import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { taskCommands } from '#domain/allocations/command/index.js';
import { isEnded } from '#domain/allocations/index.js';
import { mayExecute } from '#domain/accounts/user/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import { commandWords, inputBytes, terminalSize } from '#domain/protocol/index.js';
import type { CommandOperation } from '#domain/protocol/index.js';
import { allocations, type AllocationDocument } from '#projections/jobs/allocations.js';
import { jobs, type JobDocument } from '#projections/jobs/jobs.js';
import { actorOf, mayChange } from '#src/accounts/index.js';
import { access, byteStream, errors, json, wireTime, type Scope } from '#src/http/index.js';
import { agentAddressOf } from '#src/fleet/agent-address.js';
import {
  doneOrThrow,
  nodeShareOf,
  RunningCommand,
  TenantCommands,
  type CommandTarget,
} from '#src/features/exec/index.js';
import { VisibleObjects } from '#src/features/visibility/index.js';
import type { ClusterSurface } from '../surface.js';
import { chooseTask, tasksOf } from '../view.js';

const tags = ['jobs'];
const config = access.reader('cluster:execute');
/** Pieces of input have no events of their own. */
const unmetered = { ...config, unmetered: true, keyless: true } as const;

const allocationParams = z.object({ allocation_id: z.string().meta({ description: 'Allocation id' }) });
const sessionParams = allocationParams.extend({
  session: z.string().max(64).meta({ description: 'Id of the command, from the first line of its output' }),
});

const start = z
  .strictObject({
    task: z
      .string()
      .max(64)
      .optional()
      .meta({ description: 'Name of the task. Optional if there is only one', examples: ['serve'] }),
    command: commandWords,
    input: z
      .boolean()
      .optional()
      .meta({ description: 'Whether input will be sent. Default: the input is empty' }),
    terminal: terminalSize.optional().meta({
      description: 'Run the command in a terminal of this size. Default: no terminal',
    }),
  })
  .meta({
    id: 'ExecRequest',
    description: 'A command to run in a task',
    examples: [{ command: ['ls', '-l'] }],
  });
const input = z
  .strictObject({
    number: z.number().int().min(0).meta({
      description: 'Zero-based number of this piece. A piece that is sent again is not written again',
    }),
    data: inputBytes.optional(),
    end: z.boolean().optional().meta({ description: 'Whether the input ends after this piece' }),
  })
  .meta({
    id: 'ExecStdin',
    description: 'A piece of input',
    examples: [{ number: 0, data: 'aGVsbG8K', end: true }],
  });
const accepted = z
  .object({
    accepted: z.boolean().meta({ description: 'False if the command does not read: send the piece again' }),
  })
  .meta({ id: 'ExecInputAccepted', description: 'Whether the piece was written' });
const resized = z.object({ message: z.string() }).meta({
  id: 'ExecResized',
  description: 'The terminal has the new size',
  examples: [{ message: 'resized' }],
});

export function taskCommandRoutes(scope: Scope, surface: ClusterSurface): void {
  execRoute(scope, surface);
  inputRoutes(scope, surface);
}

function execRoute(scope: Scope, surface: ClusterSurface): void {
  const running = new TenantCommands('commands in tasks');

  scope.post(
    '/allocations/:allocation_id/exec',
    {
      config,
      schema: {
        tags,
        operationId: 'cluster_execInAllocation',
        summary: 'Run a command in a task',
        description:
          'Runs a program in a running task of the docker, exec or python driver: as the task’s user, with its environment, and within its limits. Requires the right `execute`, and the right to change what the allocation belongs to. Who ran what, and its exit code, are recorded as events; input and output are not. The command ends when the client disconnects, when its task ends, or after an hour without input and output.',
        params: allocationParams,
        body: start,
        response: {
          200: byteStream('What happens to the command, one JSON object per line', {
            'application/x-ndjson':
              'First `{"session":"…"}`, for input. Then `{"stdout":"…"}` and `{"stderr":"…"}` with bytes in base64. The last line is `{"exit_code":0}`, 128 + n after signal n, or `{"error":"…"}` if there is no exit code',
          }),
          ...errors(404, 409, 429, 502),
        },
      },
    },
    async (request, reply) => {
      const { command, terminal, task } = request.body;
      const found = await find(surface, request, reply);
      const name = chooseTask(
        tasksOf(found.job, found.allocation).map((each) => each.name),
        task,
      );
      const { allocationId, jobId, nodeId } = found.allocation;
      refuseEnded(found.allocation);
      const session = surface.parts.ids.uuid();
      const target: CommandTarget = {
        agent: await agentAddressOf(surface.parts.readModels, nodeId),
        session,
        caller: actorOf(request.principal),
        share: nodeShareOf(request.principal),
        about: { sessionId: session, allocationId, jobId, nodeId, task: name },
      };
      const context = surface.context(request);
      const leave = running.enter(request);
      try {
        const live = new RunningCommand(surface.parts, target, context, surface.followers.admit(reply));
        const begin = {
          kind: 'start',
          about: target.about,
          command,
          terminal: terminal !== undefined,
        } as const;
        await surface.execute(reply, taskCommands, session, begin, context);
        const { input = false } = request.body;
        await live.open({ command, input, terminal });
        void live.run().then(leave);
        return await reply
          .type('application/x-ndjson')
          .header('x-content-type-options', 'nosniff')
          .send(live.lines);
      } catch (error) {
        leave();
        throw error;
      }
    },
  );
}

/** Only the caller who runs a command may send it input, or resize its terminal. */
function inputRoutes(scope: Scope, surface: ClusterSurface): void {
  scope.post(
    '/allocations/:allocation_id/exec/:session/input',
    {
      config: unmetered,
      schema: {
        tags,
        operationId: 'cluster_sendExecInput',
        summary: 'Send input to a command',
        description: 'Sends a piece of input to a command that the caller runs with `input`.',
        params: sessionParams,
        body: input,
        response: { 200: json('Whether the piece was written', accepted), ...errors(404, 409, 502) },
      },
    },
    async (request, reply) => await act(surface, request, reply, 'commandInput', request.body),
  );

  scope.post(
    '/allocations/:allocation_id/exec/:session/resize',
    {
      config: unmetered,
      schema: {
        tags,
        operationId: 'cluster_resizeExecTerminal',
        summary: 'Resize the terminal of a command',
        description: 'Sets the size of the terminal of a command that the caller runs with `terminal`.',
        params: sessionParams,
        body: terminalSize,
        response: { 200: json('The terminal has the new size', resized), ...errors(404, 409, 502) },
      },
    },
    async (request, reply) => await act(surface, request, reply, 'resizeCommand', { size: request.body }),
  );
}

/** Throws `MUSTER_E_COMMAND_REFUSED` for an allocation that has ended. Its agent may no longer know it, and would not say that it existed. */
function refuseEnded({ status, endTime }: AllocationDocument): void {
  if (!isEnded(status)) return;
  throw new MusterError('MUSTER_E_COMMAND_REFUSED', {
    problem: `the allocation has ended (${status}${endTime === null ? '' : `, ${wireTime(endTime * 1000)}`})`,
  });
}

type Acting = FastifyRequest<{ Params: { allocation_id: string; session: string } }>;

async function act<Name extends Extract<CommandOperation, 'commandInput' | 'resizeCommand'>>(
  surface: ClusterSurface,
  request: Acting,
  reply: FastifyReply,
  operation: Name,
  input: object,
) {
  const { nodeId } = (await find(surface, request, reply)).allocation;
  const agent = await agentAddressOf(surface.parts.readModels, nodeId);
  const about = { session: request.params.session, caller: actorOf(request.principal) };
  const outcome = await surface.parts.agentChannel.command(agent, operation, { ...about, ...input } as never);
  return doneOrThrow(outcome, nodeId, () => new MusterError('MUSTER_E_COMMAND_NOT_FOUND'));
}

/**
 * Finds an allocation in which the caller may run commands. Throws `MUSTER_E_ALLOCATION_NOT_FOUND` if the caller may not see it, and
 * `MUSTER_E_FORBIDDEN` if the caller may not change it, or lacks the right `execute`.
 */
async function find(
  surface: ClusterSurface,
  request: FastifyRequest<{ Params: { allocation_id: string } }>,
  reply: FastifyReply,
): Promise<{ readonly allocation: AllocationDocument; readonly job: JobDocument }> {
  const { allocation_id: id } = request.params;
  const visible = new VisibleObjects(surface.parts, request);
  const allocation = await surface.document<AllocationDocument>(reply, allocations.name, id);
  const job = allocation && (await surface.document<JobDocument>(reply, jobs.name, allocation.jobId));
  if (allocation === undefined || job === undefined || !(await visible.sees('allocation', id)))
    throw new MusterError('MUSTER_E_ALLOCATION_NOT_FOUND');
  demandExecution(request, job, surface.parts.settings.openExecution ?? false);
  return { allocation, job };
}

function demandExecution(
  { principal, isOperator }: FastifyRequest,
  { owner }: JobDocument,
  openExecution: boolean,
): void {
  if (isOperator || principal.kind !== 'user' || principal.role === 'admin') return;
  if (!mayExecute({ ...principal, active: true }, openExecution))
    throw new MusterError('MUSTER_E_FORBIDDEN', {
      problem:
        'running commands in tasks requires the right execute; an administrator can grant it with: muster user grant NAME',
    });
  const isOwn =
    owner !== undefined &&
    owner.tenant !== null &&
    mayChange(principal, { tenantId: owner.tenant, createdBy: owner.principal });
  if (!isOwn)
    throw new MusterError('MUSTER_E_FORBIDDEN', {
      problem: 'only the creator of this work and administrators can run commands in it',
    });
}
