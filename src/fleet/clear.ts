import pLimit from 'p-limit';
import type { Logger } from 'pino';
import { backOff } from '#domain/kernel/back-off.js';
import type { Orphan } from '#domain/scheduling/dispatch/placement.js';
import type { PlacementChange } from '#domain/scheduling/dispatch/placements.js';
import type { AgentAddress, AgentChannel } from '#domain/protocol/agent-channel.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import { type LivePlacements, record } from '#src/fleet/nodes/index.js';
import type { Delays } from '#src/fleet/dispatcher/index.js';

export interface ClearSagaOptions {
  readonly executor: CommandExecutor;
  readonly clock: Clock;
  readonly channel: AgentChannel;
  readonly placements: LivePlacements;
  readonly logger: Logger;
  readonly requestTimeoutMs: number;
  readonly calls?: number;
  /** Delays before an agent that did not respond is called again, in milliseconds. @default 1,000, doubled up to 60,000 */
  readonly retry?: Delays;
  readonly attempts?: number;
}

export interface ClearSagaStatus {
  readonly orphans: number;
  readonly stopped: number;
  readonly gaveUp: number;
}

export interface ClearSaga {
  readonly ready: Promise<void>;
  status(): ClearSagaStatus;
  stop(graceMs?: number): Promise<void>;
}

const RETRY: Delays = { first: 1000, most: 60_000 };

/**
 * Stops the allocations that were running when the cluster was cleared. Each one is deleted at its agent, at the current address of its node, until
 * the agent confirms. The confirmation is an event, so a restarted server continues with the remaining allocations. If an agent never responds, its
 * allocations are recorded as lost. Muster's own agents also receive a desired list without these allocations.
 */
export function startClearSaga(options: ClearSagaOptions): ClearSaga {
  const {
    executor,
    clock,
    channel,
    placements,
    logger,
    requestTimeoutMs,
    retry = RETRY,
    attempts = 30,
  } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const retryDelay = backOff({ firstMs: retry.first, mostMs: retry.most });
  const pool = pLimit(options.calls ?? 64);
  const sweeps = new Map<string, Promise<void>>();
  const pauses = new Map<string, AbortController>();
  let stopped = 0;
  let gaveUp = 0;

  /** The node may have registered again at a different address since the clear. */
  function addressOf({ node }: Orphan): AgentAddress {
    const current = placements.state.nodes.get(node.nodeId);
    const { endpoint, epoch } =
      current !== undefined && current.endpoint !== null
        ? { endpoint: current.endpoint, epoch: current.epoch }
        : node;
    return { nodeId: node.nodeId, endpoint, epoch };
  }

  async function close(
    orphan: Orphan,
    outcome: { kind: 'stopped' } | { kind: 'lost'; reason: string },
  ): Promise<boolean> {
    const { nodeId } = orphan.node;
    const recording = await record(executor, 'clear', orphan.allocationId, {
      type: 'CloseOrphan',
      nodeId,
      allocation: orphan,
      at: clock.now(),
      outcome,
    });
    if (recording.kind === 'failed')
      logger.warn({
        code: 'clear.unrecorded',
        allocationId: orphan.allocationId,
        problem: recording.problem,
      });
    if (recording.kind !== 'recorded') return false;
    if (outcome.kind === 'stopped') stopped += 1;
    else gaveUp += 1;
    return true;
  }

  async function settle(orphan: Orphan, learntAt: number): Promise<boolean> {
    const outcome = await channel.stop(addressOf(orphan), orphan.allocationId);
    if (outcome.kind === 'unknown') {
      logger.info({
        code: 'clear.unanswered',
        nodeId: orphan.node.nodeId,
        allocationId: orphan.allocationId,
        problem: outcome.problem,
      });
      return false;
    }
    // An order that was in transit when the cluster was cleared may still arrive after this response.
    if (outcome.kind === 'absent' && !orphan.arrived && clock.monotonic() < learntAt + 2 * requestTimeoutMs)
      return false;
    return close(orphan, { kind: 'stopped' });
  }

  async function sweep(nodeId: string, orphans: readonly Orphan[]): Promise<void> {
    try {
      await stopAll(nodeId, orphans);
    } catch (error) {
      logger.error({ code: 'clear.defect', nodeId, err: error });
    } finally {
      pauses.delete(nodeId);
    }
  }

  async function stopAll(nodeId: string, orphans: readonly Orphan[]): Promise<void> {
    const learntAt = clock.monotonic();
    let failures = 0;
    for (const orphan of orphans) {
      while (!signal.aborted && placements.state.orphans.has(orphan.allocationId)) {
        const endpoint = addressOf(orphan).endpoint;
        if (failures < attempts && (await pool(() => settle(orphan, learntAt)))) {
          failures = 0;
          break;
        }
        failures = endpoint === addressOf(orphan).endpoint ? failures + 1 : 0;
        if (failures >= attempts) {
          logger.error({ code: 'clear.gave_up', nodeId, allocationId: orphan.allocationId });
          if (
            await close(orphan, {
              kind: 'lost',
              reason: 'the cluster was cleared and the agent could not be reached',
            })
          )
            break;
        }
        const pause = new AbortController();
        pauses.set(nodeId, pause);
        if (!signal.aborted) await clock.sleep(retryDelay(Math.min(failures, attempts)), pause.signal);
        if (pause.signal.aborted) failures = 0;
      }
    }
  }

  function begin(): void {
    const byNode = new Map<string, Orphan[]>();
    for (const orphan of placements.state.orphans.values()) {
      const { nodeId } = orphan.node;
      const list = byNode.get(nodeId);
      if (list === undefined) byNode.set(nodeId, [orphan]);
      else list.push(orphan);
    }
    if (byNode.size > 0)
      logger.info({ code: 'clear.begun', orphans: placements.state.orphans.size, nodes: byNode.size });
    for (const [nodeId, orphans] of byNode) {
      const former = sweeps.get(nodeId) ?? Promise.resolve();
      const done = former
        .then(() => sweep(nodeId, orphans))
        .finally(() => {
          if (sweeps.get(nodeId) === done) sweeps.delete(nodeId);
        });
      sweeps.set(nodeId, done);
    }
  }

  function changed(change: PlacementChange): void {
    if (change.kind === 'cleared') begin();
    else if (change.kind === 'node') pauses.get(change.nodeId)?.abort();
  }

  async function start(): Promise<void> {
    await placements.ready;
    if (signal.aborted) return;
    begin();
    const end = placements.onChange(changed);
    signal.addEventListener('abort', end);
  }

  return {
    ready: start(),
    status: () => ({ orphans: placements.state.orphans.size, stopped, gaveUp }),
    async stop(graceMs = 2000) {
      stopping.abort();
      for (const pause of pauses.values()) pause.abort();
      const over = new AbortController();
      const idle = Promise.all(sweeps.values()).then(() => over.abort());
      await Promise.race([idle, clock.sleep(graceMs, over.signal)]);
    },
  };
}
