import type { Logger } from 'pino';
import { MusterError } from '#domain/kernel/errors/index.js';
import { COPIES_VOLUMES, hasCapability } from '#domain/kernel/resources.js';
import {
  RESTORE_INCOMPLETE,
  RESTORE_UNCHANGED,
  type CommandOutput,
  type VolumeCopyKind,
} from '#domain/protocol/index.js';
import type { AgentAddress } from '#domain/protocol/agent-channel.js';
import { volumeErrors, volumes, type CopyOutcome } from '#domain/volumes/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import type { CommandContext } from '#domain/kernel/ports/command-executor.js';
import { nodes, type NodeDocument } from '#projections/nodes/nodes.js';
import { agentAddressOf } from '#src/fleet/agent-address.js';
import {
  AgentSession,
  doneOrThrow,
  type CommandParts,
  type SessionTarget,
} from '#src/features/exec/index.js';
import { read } from '#src/http/index.js';

interface CopyTarget extends SessionTarget {
  readonly volume: string;
  readonly kind: VolumeCopyKind;
}

interface CopyParts extends CommandParts {
  readonly clock: CommandParts['clock'] & Pick<Clock, 'now'>;
  readonly readModels: Pick<ReadModels, 'waitFor'>;
  readonly logger: Pick<Logger, 'error' | 'warn'>;
}

const RESTORE_OUTCOMES: Readonly<Record<number, CopyOutcome>> = {
  0: 'complete',
  [RESTORE_UNCHANGED]: 'unchanged',
  [RESTORE_INCOMPLETE]: 'incomplete',
};

/**
 * A restore whose client is gone is followed this much longer, in milliseconds. An agent reports each second that it replaces the content. Then it
 * completes the restore, so the end is awaited.
 */
const GRACE_MS = 1_500;
/** Longest wait until reads show the end of a copy, in milliseconds. */
const SHOWN_MS = 5_000;
/** Maximum length of an agent's error text in the event. */
const MAX_PROBLEM_LENGTH = 1_000;

/** A backup or restore of a volume by its node's agent. */
export class VolumeCopySession extends AgentSession {
  declare protected readonly parts: CopyParts;
  declare protected readonly target: CopyTarget;
  #bytes = 0;
  #hasStarted = false;
  #isReplacing = false;
  #said = '';

  /**
   * @param client aborts when the client is gone
   * @param stopping aborts when the server stops
   * @param restored is called when a restore is complete, and returns what the last line has in addition
   */
  constructor(
    parts: CopyParts,
    target: CopyTarget,
    context: CommandContext,
    client: AbortSignal,
    stopping: AbortSignal,
    private readonly restored: (context: CommandContext) => Promise<object | undefined>,
  ) {
    const over = new AbortController();
    super(parts, target, context, client, undefined, AbortSignal.any([over.signal, stopping]));
    const left = async (): Promise<void> => {
      if (target.kind === 'restore') await parts.clock.sleep(GRACE_MS, stopping);
      if (!this.#isReplacing) over.abort();
    };
    if (client.aborted) void left();
    else client.addEventListener('abort', () => void left(), { once: true });
  }

  /** Records the start and starts it. Throws why it was not started, after its end was recorded. */
  async open(): Promise<void> {
    const { agent, session, caller, share, volume, kind } = this.target;
    const { executor, agentChannel } = this.parts;
    await executor.execute(
      volumes,
      volume,
      { kind: 'startCopy', name: volume, copy: this.#copy, at: this.parts.clock.now() },
      this.context,
    );
    const refuse = (problem: string): MusterError =>
      new MusterError(volumeErrors.MUSTER_E_VOLUME_NOT_COPIED, { name: volume, problem });
    await this.started(async () => {
      const opened = await agentChannel.command(agent, 'copyVolume', {
        session,
        caller,
        share,
        volume,
        kind,
      });
      // The session may have started even if the response was lost.
      this.#hasStarted = opened.kind !== 'refused';
      doneOrThrow(opened, agent.nodeId, () => tooOld(volume, agent.nodeId), refuse);
    });
  }

  protected override seen(output: CommandOutput): void {
    if ('stderr' in output)
      this.#said += Buffer.from(output.stderr, 'base64')
        .toString()
        .slice(0, MAX_PROBLEM_LENGTH - this.#said.length);
    if (!('stdout' in output)) return;
    const piece = Buffer.from(output.stdout, 'base64');
    if (this.target.kind === 'backup') {
      this.#bytes += piece.length;
      return;
    }
    // A restore prints how much it has written, line by line, once it replaces the content.
    this.#isReplacing = true;
    this.#bytes = Number(piece.toString().trim().split('\n').at(-1)) || 0;
  }

  protected override async ended(
    exitCode: number | null,
    problem = this.#said === '' ? undefined : this.#said,
    context: CommandContext,
    sha256?: string,
  ): Promise<object | undefined> {
    const { volume, kind } = this.target;
    const { executor, readModels } = this.parts;
    const outcome = this.#outcome(exitCode);
    const { position } = await executor.execute(
      volumes,
      volume,
      {
        kind: 'endCopy',
        name: volume,
        copy: this.#copy,
        outcome,
        bytes: this.#bytes,
        problem,
        sha256: outcome === 'complete' ? sha256 : undefined,
      },
      context,
    );
    // Once the last line is sent, reads show that the copy has ended.
    if (position !== undefined) await readModels.waitFor(position, SHOWN_MS);
    if (kind !== 'restore' || outcome !== 'complete') return undefined;
    return await this.restored(context).catch((error: unknown) => {
      // The service then says which values may differ.
      this.parts.logger.warn({ err: error, volume }, 'volume-copy.values-not-taken');
      return undefined;
    });
  }

  get #copy() {
    const { session, kind, agent } = this.target;
    return { copyId: session, kind, node: agent.nodeId };
  }

  #outcome(exitCode: number | null): CopyOutcome {
    if (!this.#hasStarted || (this.target.kind === 'backup' && exitCode !== 0)) return 'unchanged';
    return exitCode === null ? 'unknown' : (RESTORE_OUTCOMES[exitCode] ?? 'unknown');
  }
}

/** Throws `MUSTER_E_VOLUME_NOT_COPIED` or `MUSTER_E_AGENT_UNREACHABLE` if the node of the volume cannot copy it now. */
export async function agentForCopy(
  readModels: Pick<ReadModels, 'get'>,
  { volume: name, node: nodeId }: { readonly volume: string; readonly node: string },
): Promise<AgentAddress> {
  const stored = await readModels.get(nodes.name, nodeId);
  const node = stored && read<NodeDocument>(stored);
  if (node?.down === true)
    throw new MusterError('MUSTER_E_AGENT_UNREACHABLE', { nodeId, problem: 'the node is down' });
  if (node !== undefined && !hasCapability(node.attributes, COPIES_VOLUMES)) throw tooOld(name, nodeId);
  return await agentAddressOf(readModels, nodeId);
}

function tooOld(name: string, nodeId: string): MusterError {
  return new MusterError(volumeErrors.MUSTER_E_VOLUME_NOT_COPIED, {
    name,
    problem: `the agent of node ${nodeId} has no Docker daemon now`,
  });
}
