import { createInterface } from 'node:readline';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { deadline } from '#agents/platform/clock/system-clock.js';
import { taskCommands } from '#domain/allocations/command/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { CommandOutput } from '#domain/protocol/index.js';
import { serviceErrors, SERVICE_TASK } from '#domain/services/service/index.js';
import { NEW_VALUE, OLD_VALUE } from '#domain/services/template/index.js';
import type { WorkSlot } from '#domain/work/index.js';
import { once } from '#domain/kernel/ports/command-executor.js';
import { allocations, type AllocationDocument } from '#projections/jobs/allocations.js';
import { actorOf } from '#src/accounts/index.js';
import { agentAddressOf } from '#src/fleet/agent-address.js';
import { MASK } from '#src/http/index.js';
import { nodeShareOf, RunningCommand, type CommandTarget } from '#src/features/exec/index.js';
import type { ServicesSurface } from './surface.js';

/** How long a step may take, in milliseconds. */
const STEP_MS = 60_000;
const MAX_SAID = 500;

export interface RotateStep {
  readonly name: string;
  readonly rotate: readonly string[];
  readonly former: string;
  readonly value: string;
}

/** Runs the command that a template declares for a variable in an instance of the service. Throws `MUSTER_E_SERVICE_ROTATE_FAILED` unless it succeeds. */
export async function runRotateStep(
  surface: ServicesSurface,
  request: FastifyRequest,
  reply: FastifyReply,
  { allocationId, nodeId }: WorkSlot,
  step: RotateStep,
): Promise<void> {
  const { rotate, former, value } = step;
  const { parts } = surface;
  const allocation = await surface.document<AllocationDocument>(reply, allocations.name, allocationId);
  if (allocation === undefined) throw new MusterError(serviceErrors.MUSTER_E_SERVICE_NOT_RUNNING);
  const session = parts.ids.uuid();
  const target: CommandTarget = {
    agent: await agentAddressOf(parts.readModels, nodeId),
    session,
    caller: actorOf(request.principal),
    share: nodeShareOf(request.principal),
    about: { sessionId: session, allocationId, jobId: allocation.jobId, nodeId, task: SERVICE_TASK },
  };
  const context = { ...once(surface.context(request)), commandId: parts.ids.uuid() };
  const late = `it was ended, because it took longer than ${STEP_MS / 1000} seconds`;
  const live = new RunningCommand(parts, target, context, deadline(STEP_MS), late);
  const begin = { kind: 'start', about: target.about, command: rotate, terminal: false } as const;
  await surface.execute(reply, taskCommands, session, begin, context);
  await live.open({
    command: [...rotate],
    env: { [OLD_VALUE]: former, [NEW_VALUE]: value },
    input: false,
  });
  void live.run();
  checkResult(step, await resultOf(live));
}

export function rotationFailed(name: string, problem: string): MusterError {
  return new MusterError(serviceErrors.MUSTER_E_SERVICE_ROTATE_FAILED, { name, problem });
}

interface Result {
  readonly last: CommandOutput;
  /** The end of what the command wrote to its error stream. */
  readonly said: string;
}

async function resultOf(live: RunningCommand): Promise<Result> {
  let [last, said]: [CommandOutput, Buffer] = [{ error: 'it has no output' }, Buffer.alloc(0)];
  for await (const line of createInterface({ input: live.lines })) {
    last = JSON.parse(line) as CommandOutput;
    if ('stderr' in last) said = Buffer.concat([said, Buffer.from(last.stderr, 'base64')]).subarray(-65_536);
  }
  return { last, said: said.toString('utf8').trim() };
}

function checkResult({ name, former, value }: RotateStep, { last, said }: Result): void {
  if ('exit_code' in last && last.exit_code === 0) return;
  if ('exit_code' in last && last.exit_code <= 128) {
    const shown = masked(said, [former, value]).slice(-MAX_SAID);
    throw rotationFailed(
      name,
      `the rotate step failed with exit code ${last.exit_code}${shown && `: ${shown}`}`,
    );
  }
  const problem =
    'exit_code' in last
      ? `it was ended by a signal (exit code ${last.exit_code})`
      : 'error' in last
        ? last.error
        : 'it has no exit code';
  throw rotationFailed(
    name,
    `the rotate step may have changed the value: ${problem}. Repeat this to change it to the same value`,
  );
}

function masked(text: string, secrets: readonly string[]): string {
  // The longest first, because one can be a part of the other.
  return secrets
    .filter((secret) => secret !== '')
    .sort((one, other) => other.length - one.length)
    .reduce((rest, secret) => rest.replaceAll(secret, MASK), text);
}
