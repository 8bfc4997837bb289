import type { Logger } from 'pino';
import type { PlacementChange } from '#domain/scheduling/dispatch/placements.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import { type Hearing, type LivePlacements, type LastSeen, record } from '#src/fleet/nodes/index.js';
import { judge, type Listened } from './judgement.js';

export interface LivenessOptions {
  readonly executor: CommandExecutor;
  readonly clock: Clock;
  readonly placements: LivePlacements;
  readonly telemetry: LastSeen;
  /** Absent if heartbeats reach this server directly and no other server receives any. */
  readonly hearing?: Hearing | undefined;
  readonly logger: Logger;
  readonly timeoutMs: number;
  /** Interval between checks, in milliseconds. @default a twentieth of the timeout, but at least 25 and at most 1,000 */
  readonly everyMs?: number;
}

export interface LivenessStatus {
  readonly live: number;
  readonly down: number;
  /** Nodes that exceeded the timeout but are not marked down, because more than a fifth of all nodes are silent. At most 100 are listed. */
  readonly held: readonly string[];
  readonly heldCount: number;
  readonly stalls: number;
  /** Number of checks that found that this server may miss heartbeats, so that no node that this concerns is marked down. */
  readonly deaf: number;
  readonly markedDown: number;
}

export interface Liveness {
  readonly ready: Promise<void>;
  status(): LivenessStatus;
  stop(): Promise<void>;
}

const MARKS = 16;
const NAMED = 100;
/** Consecutive failed checks after which a server counts as deaf, so that all timeouts begin again. */
const CHECKS_UNTIL_DEAF = 2;

/**
 * Marks nodes down that have not sent a heartbeat within the timeout, by this server's monotonic clock. Start it once heartbeats can arrive: no node
 * is marked down before this server has listened for a full timeout.
 */
export function startLiveness(options: LivenessOptions): Liveness {
  const { executor, clock, placements, telemetry, hearing, logger, timeoutMs } = options;
  const everyMs = options.everyMs ?? Math.min(1000, Math.max(25, timeoutMs / 20));
  /** A check that runs later than this was delayed, and heartbeats may have been delayed as well. */
  const stallMs = everyMs + Math.max(250, timeoutMs / 4);
  const stopping = new AbortController();
  let listeningSince = clock.monotonic();
  /** For the nodes that `hearing` concerns. */
  let hearingSince = listeningSince;
  let failedChecks = 0;
  let held: readonly string[] = [];
  let stalls = 0;
  let deaf = 0;
  let markedDown = 0;
  let marks: number[] = [];
  const metAt = new Map<string, number>();

  function silenceOf(nodeId: string, now: number): number {
    const since =
      hearing?.concerns(nodeId) === true ? Math.max(listeningSince, hearingSince) : listeningSince;
    return (
      now - Math.max(since, metAt.get(nodeId) ?? -Infinity, telemetry.of(nodeId)?.monotonic ?? -Infinity)
    );
  }

  function listened(now: number): Listened[] {
    const live = [...placements.state.nodes.values()].filter((node) => !node.down && node.epoch > 0);
    return live.map(({ nodeId, hasRun }) => ({
      nodeId,
      hasRun,
      silence: silenceOf(nodeId, now),
      gap: telemetry.of(nodeId)?.gap,
    }));
  }

  /**
   * Checks whether heartbeats may be missed, as soon as a node is overdue and until they certainly arrive. Checking only when a node is due would blame the
   * nodes for an outage that ended a moment before. Returns false if they may be missed now. A single failed check does not restart the timeouts, because
   * otherwise a server that is slow now and then would never mark a node down.
   */
  async function hears(): Promise<boolean> {
    if (hearing === undefined) return true;
    const overdue = listened(clock.monotonic()).filter(
      ({ nodeId, silence }) => silence > timeoutMs / 2 && hearing.concerns(nodeId),
    );
    if (failedChecks === 0 && overdue.length === 0) return true;
    const isDeaf = failedChecks >= CHECKS_UNTIL_DEAF;
    if (await hearing.check()) {
      if (isDeaf) {
        hearingSince = clock.monotonic();
        logger.info({ code: 'liveness.hears-again' });
      }
      failedChecks = 0;
      return true;
    }
    deaf += 1;
    failedChecks += 1;
    if (failedChecks >= CHECKS_UNTIL_DEAF) hearingSince = clock.monotonic();
    if (failedChecks === CHECKS_UNTIL_DEAF) logger.warn({ code: 'liveness.deaf', silent: overdue.length });
    return false;
  }

  async function look(): Promise<void> {
    const hearsAll = await hears();
    const now = clock.monotonic();
    marks = marks.filter((at) => now - at < timeoutMs);
    const verdict = judge(listened(now), timeoutMs, marks.length);
    if (verdict.held.length > 0 && held.length === 0) {
      logger.error({
        code: 'liveness.held',
        silent: verdict.held.length,
        nodes: verdict.held.slice(0, NAMED),
      });
    } else if (verdict.held.length === 0 && held.length > 0) {
      logger.info({ code: 'liveness.released', silent: verdict.down.length });
    }
    held = verdict.held;
    const down = verdict.down.filter((nodeId) => hearsAll || hearing?.concerns(nodeId) !== true);
    for (let from = 0; from < down.length; from += MARKS) {
      await Promise.all(down.slice(from, from + MARKS).map((nodeId) => markDown(nodeId)));
    }
  }

  async function markDown(nodeId: string): Promise<void> {
    const node = placements.state.nodes.get(nodeId);
    const silence = silenceOf(nodeId, clock.monotonic());
    if (node === undefined || node.down || silence <= timeoutMs) return;
    const reason = `silent for ${Math.round(silence / 1000)} s`;
    const recording = await record(executor, 'liveness', nodeId, {
      type: 'MarkDown',
      nodeId,
      epoch: node.epoch,
      reason,
    });
    if (recording.kind === 'failed') {
      logger.warn({ code: 'liveness.unrecorded', nodeId, problem: recording.problem });
      return;
    }
    if (recording.kind !== 'recorded' || recording.events.length === 0 || recording.position === undefined)
      return;
    markedDown += 1;
    if (node.hasRun) marks.push(clock.monotonic());
    logger.warn({ code: 'liveness.down', nodeId, epoch: node.epoch, silentMs: Math.round(silence) });
    await placements.waitFor(recording.position, timeoutMs);
  }

  function changed(change: PlacementChange): void {
    if (change.kind === 'cleared') {
      telemetry.retain(placements.state.nodes);
      metAt.clear();
      held = [];
    } else if (change.kind === 'node' && !placements.state.nodes.has(change.nodeId)) {
      telemetry.forget(change.nodeId);
      metAt.delete(change.nodeId);
    } else if (change.kind === 'node' && change.heard) {
      metAt.set(change.nodeId, clock.monotonic());
    }
  }

  async function run(): Promise<void> {
    await Promise.race([
      placements.ready,
      new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve())),
    ]);
    const ends = [
      placements.onChange(changed),
      hearing?.onInterrupted(() => (hearingSince = clock.monotonic())),
    ];
    listeningSince = clock.monotonic();
    let last = listeningSince;
    while (!stopping.signal.aborted) {
      await clock.sleep(everyMs, stopping.signal);
      const now = clock.monotonic();
      if (now - last > stallMs) {
        stalls += 1;
        listeningSince = now;
        logger.warn({ code: 'liveness.stalled', forMs: Math.round(now - last) });
      }
      last = now;
      if (stopping.signal.aborted) break;
      await look().catch((error: unknown) => logger.error({ code: 'liveness.defect', err: error }));
      last = Math.max(last, clock.monotonic());
    }
    for (const end of ends) end?.();
  }

  const running = run();
  return {
    ready: placements.ready,
    status: () => {
      const nodes = [...placements.state.nodes.values()];
      const down = nodes.filter((node) => node.down).length;
      return {
        live: nodes.length - down,
        down,
        held: held.slice(0, NAMED),
        heldCount: held.length,
        stalls,
        deaf,
        markedDown,
      };
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
