import { once as nextEvent } from 'node:events';
import { PassThrough } from 'node:stream';
import type { Logger } from 'pino';
import { isSelfRegistered } from '#domain/accounts/user/index.js';
import { taskCommands, type CommandCommand } from '#domain/allocations/command/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { Ids } from '#domain/kernel/ports/ids.js';
import type { StopSignal } from '#domain/kernel/ports/signal.js';
import { endsCommand, type AgentInput, type CommandOutput, type NodeShare } from '#domain/protocol/index.js';
import type { AgentAddress, AgentChannel, CommandOutcome } from '#domain/protocol/agent-channel.js';
import { once, type CommandContext, type CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import type { Principal } from '#src/accounts/index.js';

/** How long an agent that does not answer is asked again, in milliseconds. Shorter than the time after which it ends an abandoned command. */
const RETRY_FOR_MS = 20_000;
const RETRY_MS = 500;
/** Maximum number of commands of one kind that the members of a tenant run at a time through one server. */
export const COMMANDS_PER_TENANT = 16;
/** In seconds. */
const RETRY_AFTER = 5;
/** How often an agent is asked while the client does not read, in milliseconds. Shorter than the time after which it ends an abandoned command. */
const KEEP_ALIVE_MS = 10_000;
/** How long a client may not read, in milliseconds. What runs for it may keep others waiting. */
const MAX_PAUSE_MS = 300_000;
const PAUSED_TEXT = `ended, because the client did not read its output for ${MAX_PAUSE_MS / 60_000} minutes`;
/** Text that agents add around the name of an exhausted limit. The errors of the server add the same, so it is removed. */
const ADDED = /^(too many|overloaded:) |; try again( in \d+ seconds?)?$/g;

export interface SessionTarget {
  readonly agent: AgentAddress;
  readonly session: string;
  /** Whom the agent lets act on the command. */
  readonly caller: string;
  readonly share: NodeShare;
}

export interface CommandTarget extends SessionTarget {
  readonly about: Extract<CommandCommand, { kind: 'end' }>['about'];
}

export interface CommandParts {
  readonly agentChannel: Pick<AgentChannel, 'command'>;
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>;
  readonly executor: Pick<CommandExecutor, 'execute'>;
  readonly ids: Ids;
  readonly logger: Pick<Logger, 'error'>;
}

/** Throws the error that describes why an agent did not do what was asked. */
export function doneOrThrow<
  Outcome extends CommandOutcome<'openCommand' | 'copyVolume' | 'commandInput' | 'resizeCommand'>,
>(
  outcome: Outcome,
  nodeId: string,
  absent: () => MusterError,
  refused: (problem: string) => MusterError = (problem) =>
    new MusterError('MUSTER_E_COMMAND_REFUSED', { problem }),
): Extract<Outcome, { kind: 'done' }>['answer'] {
  if (outcome.kind === 'done') return outcome.answer;
  if (outcome.kind === 'unknown')
    throw new MusterError('MUSTER_E_AGENT_UNREACHABLE', { nodeId, problem: outcome.problem });
  if (outcome.status === 404) throw absent();
  const problem = outcome.message.replace(/^the command was not run: /, '');
  const what = problem.replace(ADDED, '');
  if (outcome.status === 429)
    throw new MusterError('MUSTER_E_RATE_LIMITED', { what, retryAfter: RETRY_AFTER });
  if (outcome.status === 503) throw new MusterError('MUSTER_E_OVERLOADED', { what });
  throw refused(problem);
}

/**
 * What an agent runs for a client: a command in a task, or a copy of a volume. Fetches its output and writes it as JSON lines. Records its end before
 * the last line, and whatever happens.
 */
export abstract class AgentSession {
  readonly lines = new PassThrough();

  constructor(
    protected readonly parts: CommandParts,
    protected readonly target: SessionTarget,
    protected readonly context: CommandContext,
    /** Aborts when nobody reads the output any more. */
    private readonly signal: StopSignal,
    /** What ends the command when `until` aborts. */
    private readonly interruption = 'the client disconnected',
    /** Aborts when the command is to end. */
    private readonly until = signal,
  ) {}

  /** Resolves when the command has ended. Never rejects. */
  async run(): Promise<void> {
    const { session, caller, agent } = this.target;
    let last: CommandOutput = { error: this.interruption };
    try {
      this.#write({ session });
      last = (await this.#follow()) ?? last;
    } catch (error) {
      last = { error: error instanceof Error ? error.message : String(error) };
      this.parts.logger.error({ err: error, session }, 'command.failed');
    }
    const { agentChannel } = this.parts;
    const [more] = await Promise.all([
      this.#recordEnd(last),
      agentChannel.command(agent, 'closeCommand', { session, caller }),
    ]);
    this.#write({ ...last, ...more });
    this.lines.end();
  }

  /** Starts it on its node. Throws why it was not started, after its end was recorded. */
  protected async started(start: () => Promise<unknown>): Promise<void> {
    const { agent, session, caller } = this.target;
    try {
      await start();
    } catch (error) {
      // If the agent did not answer, it may have started the command.
      await this.parts.agentChannel.command(agent, 'closeCommand', { session, caller });
      await this.#recordEnd({ error: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  }

  /** Records the end. Returns what the last line has in addition. */
  protected abstract ended(
    exitCode: number | null,
    problem: string | undefined,
    context: CommandContext,
    sha256: string | undefined,
  ): Promise<object | undefined | void>;

  /** Is called with all output before it is written. */
  protected seen(_output: CommandOutput): void {
    // A command's output is not looked at.
  }

  /** Records the end. A failure is only logged, because no caller could handle it. */
  async #recordEnd(last: CommandOutput): Promise<object | undefined | void> {
    const { ids, logger } = this.parts;
    const context = {
      ...once(this.context),
      commandId: ids.uuid(),
      causationId: this.context.commandId,
    };
    try {
      return await this.ended(
        'exit_code' in last ? last.exit_code : null,
        'error' in last ? last.error : undefined,
        context,
        'sha256' in last ? last.sha256 : undefined,
      );
    } catch (error) {
      logger.error({ err: error, session: this.target.session }, 'command.end-not-recorded');
    }
  }

  /** Writes the output and returns the last line, or undefined if the command is to end before. */
  async #follow(): Promise<CommandOutput | undefined> {
    for (let chunk = 0; !this.until.aborted; chunk += 1) {
      const output = await this.#chunk(chunk);
      for (const each of output ?? []) {
        if (endsCommand(each)) return each;
        this.seen(each);
        if (this.signal.aborted || this.#write(each)) continue;
        if (!(await this.#drained(chunk))) return { error: PAUSED_TEXT };
      }
    }
    return undefined;
  }

  async #chunk(chunk: number): Promise<readonly CommandOutput[] | undefined> {
    const { agentChannel, clock } = this.parts;
    const { agent, session, caller } = this.target;
    const deadline = clock.monotonic() + RETRY_FOR_MS;
    for (;;) {
      const outcome = await unlessAborted(
        agentChannel.command(agent, 'nextCommandOutput', { session, caller, chunk }),
        this.until,
      );
      if (outcome === undefined || this.until.aborted) return undefined;
      if (outcome.kind === 'done' && outcome.answer.chunk === chunk) return outcome.answer.output;
      if (outcome.kind === 'refused' && outcome.status !== 503)
        return [
          { error: 'the agent ended the command: it was restarted, or the server did not reach it in time' },
        ];
      if (clock.monotonic() >= deadline) {
        const problem = problemIn(outcome);
        return [{ error: `the agent of node ${agent.nodeId} did not respond: ${problem}` }];
      }
      await clock.sleep(RETRY_MS, this.until);
    }
  }

  #write(line: CommandOutput | { readonly session: string }): boolean {
    return this.lines.destroyed || this.lines.write(`${JSON.stringify(line)}\n`);
  }

  /** Waits until the client reads or is gone. Returns false if it pauses for too long. Meanwhile, the last chunk is requested again, and discarded. */
  async #drained(chunk: number): Promise<boolean> {
    const { agentChannel, clock } = this.parts;
    const { agent, session, caller } = this.target;
    const over = new AbortController();
    const drained = unlessAborted(nextEvent(this.lines, 'drain'), this.signal).finally(() => over.abort());
    drained.catch(() => undefined);
    for (let waited = 0; waited < MAX_PAUSE_MS; waited += KEEP_ALIVE_MS) {
      await clock.sleep(KEEP_ALIVE_MS, over.signal);
      if (over.signal.aborted) return await drained.then(() => true);
      await agentChannel.command(agent, 'nextCommandOutput', { session, caller, chunk });
    }
    return over.signal.aborted;
  }
}

/** A command in a task. */
export class RunningCommand extends AgentSession {
  declare protected readonly target: CommandTarget;

  /** Starts the command on its node. Throws why it was not started, after its end was recorded. */
  async open(what: Pick<AgentInput<'openCommand'>, 'command' | 'env' | 'input' | 'terminal'>): Promise<void> {
    const { agent, session, caller, share, about } = this.target;
    const asked = { session, caller, share, allocation_id: about.allocationId, task: about.task, ...what };
    await this.started(async () => {
      const opened = await this.parts.agentChannel.command(agent, 'openCommand', asked);
      return doneOrThrow(
        opened,
        agent.nodeId,
        () =>
          new MusterError('MUSTER_E_COMMAND_REFUSED', {
            problem: `node ${agent.nodeId} does not have the allocation: it has not begun yet, or is ending`,
          }),
      );
    });
  }

  protected override async ended(
    exitCode: number | null,
    problem: string | undefined,
    context: CommandContext,
  ): Promise<void> {
    const { session, about } = this.target;
    await this.parts.executor.execute(
      taskCommands,
      session,
      { kind: 'end', about, exitCode, problem },
      context,
    );
  }
}

/** Returns whose share of a node the commands of a caller use. */
export function nodeShareOf(principal: Principal): NodeShare {
  if (principal.kind !== 'user' || principal.role === 'admin') return 'operators';
  return { tenant: principal.tenantId, self_registered: isSelfRegistered(principal) };
}

/** Counts the commands of one kind that each tenant runs. `what` names the kind in messages, in the plural. */
export class TenantCommands {
  readonly #running = new Map<string, number>();

  constructor(private readonly what: string) {}

  /** Counts a command. Returns a function that ends the count. Throws `MUSTER_E_RATE_LIMITED`. */
  enter({ principal }: { readonly principal: Principal }): () => void {
    const share = nodeShareOf(principal);
    if (share === 'operators') return () => undefined;
    const { tenant: tenantId } = share;
    const before = this.#running.get(tenantId) ?? 0;
    if (before >= COMMANDS_PER_TENANT)
      throw new MusterError('MUSTER_E_RATE_LIMITED', {
        what: `${this.what}: the members of a tenant can run ${COMMANDS_PER_TENANT} at a time`,
        retryAfter: RETRY_AFTER,
      });
    this.#running.set(tenantId, before + 1);
    let isIn = true;
    return () => {
      if (!isIn) return;
      isIn = false;
      const left = (this.#running.get(tenantId) ?? 1) - 1;
      if (left === 0) this.#running.delete(tenantId);
      else this.#running.set(tenantId, left);
    };
  }
}

/** Resolves like `work`, or to undefined as soon as `signal` aborts. */
function unlessAborted<Result>(work: Promise<Result>, signal: StopSignal): Promise<Result | undefined> {
  return new Promise((resolve, reject) => {
    const stop = (): void => resolve(undefined);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    // The listener is removed each time, because a command that runs for long has many chunks.
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

function problemIn(outcome: CommandOutcome<'nextCommandOutput'>): string {
  if (outcome.kind === 'done') return 'its answer was not usable';
  return outcome.kind === 'unknown' ? outcome.problem : outcome.message;
}
