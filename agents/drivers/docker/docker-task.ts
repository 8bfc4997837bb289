import type Docker from 'dockerode';
import { MAX_OUTPUT_BYTES, type ProcessOutput } from '#domain/drivers/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { ReportedUsage, UsagePoint } from '#domain/protocol/index.js';
import type { TaskReach } from '../../checks/reach.js';
import { errorFields, type AgentLog } from '../../platform/log.js';
import { endOf } from '../../logs/end.js';
import { boundedOutput } from '../bounded-output.js';
import type { UsagePoints } from '../usage-points.js';
import { UsageMeter } from '../usage.js';
import type { StartedTask, TaskExit } from '../driver.js';
import { ContainerExec } from './container-exec.js';
import type { ContainerLog } from './container-log.js';
import { daemonBackOff } from './daemon-back-off.js';
import { followImageHealth } from './image-health.js';
import { openStream, readAnswer } from './daemon-stream.js';
import { daemonMessage, statusOf } from './docker-error.js';
import {
  wasSignalledToEnd,
  bootTime,
  DAEMON_ENDED,
  interruptionOf,
  STOPPED_BY_OTHERS,
} from './interruption.js';
import { deadline } from '../../platform/clock/system-clock.js';

export interface DockerTaskParts {
  readonly docker: Docker;
  readonly id: string;
  readonly imageDigest: string;
  readonly address: TaskReach['address'];
  readonly startTime: number;
  readonly givesOutput: boolean;
  readonly hasImageCheck: boolean;
  readonly points: UsagePoints;
  readonly written: ContainerLog;
  readonly clock: Clock;
  readonly log: AgentLog;
  readonly life: AbortSignal;
}

const STATS_MS = 5000;
const ASKED_SECONDS = 120;
/** If the rest of the log cannot be read for this long, the container's end is reported without it. */
const UNREAD_MS = 10_000;
/** A busy daemon may record an out-of-memory kill seconds after it happens. */
const OOM_PAUSES_MS = [0, 100, 300, 600, 1_000];

export class DockerTask implements StartedTask {
  readonly startTime: number;
  readonly containerId: string;
  readonly imageDigest: string;
  readonly reach: TaskReach;
  readonly exit: Promise<TaskExit>;
  readonly followHealth?: NonNullable<StartedTask['followHealth']>;
  readonly #parts: DockerTaskParts;
  readonly #container: Docker.Container;
  readonly #meter: UsageMeter;
  readonly #ended = new AbortController();
  #stopping = false;
  #endedFor: string | undefined;
  #samples = 0;
  #sampledAt = Number.NEGATIVE_INFINITY;

  constructor(parts: DockerTaskParts) {
    this.#parts = parts;
    this.#meter = new UsageMeter(parts.points);
    this.#container = parts.docker.getContainer(parts.id);
    this.startTime = parts.startTime;
    this.containerId = parts.id;
    this.imageDigest = parts.imageDigest;
    const programs = new ContainerExec(parts.docker, parts.id);
    this.reach = {
      address: parts.address,
      exec: (command, signal) => programs.run(command, signal),
      open: (command, options, signal) => programs.open(command, options, signal),
    };
    if (parts.hasImageCheck)
      this.followHealth = (tell, signal) =>
        void followImageHealth(
          async () => {
            const state = await this.#inspect();
            return typeof state === 'string' ? undefined : state;
          },
          parts.clock,
          tell,
          AbortSignal.any([signal, this.#ended.signal, parts.life]),
        );
    this.exit = this.#watch();
    void this.sample();
  }

  async stop(killTimeoutMs: number): Promise<void> {
    this.#stopping = true;
    const { clock, life, log, id } = this.#parts;
    const backOff = daemonBackOff();
    while (!this.#ended.signal.aborted && !life.aborted) {
      try {
        await this.#container.stop({ t: Math.ceil(killTimeoutMs / 1000), abortSignal: life });
        break;
      } catch (error) {
        const status = statusOf(error);
        if (status === 304 || status === 404) break;
        log.warn({ container: id, ...errorFields(error) }, 'agent.docker.stop-failed');
        await clock.sleep(backOff.next(), AbortSignal.any([this.#ended.signal, life]));
      }
    }
    await this.exit;
  }

  async end(problem: string): Promise<void> {
    this.#endedFor ??= problem;
    await this.stop(0);
  }

  async sample(): Promise<void> {
    const now = this.#parts.clock.monotonic();
    // Measurements are costly for the daemon. Measure often at first, which covers short tasks, and less often later.
    if (this.#ended.signal.aborted || now - this.#sampledAt < (this.#samples < 10 ? 900 : 4900)) return;
    this.#sampledAt = now;
    this.#samples += 1;
    try {
      const { docker, id, life } = this.#parts;
      const once = { stream: 'false', 'one-shot': 'true' };
      const stats = (await readAnswer(
        docker,
        'GET',
        `/containers/${id}/stats`,
        once,
        AbortSignal.any([life, deadline(STATS_MS)]),
      )) as Docker.ContainerStats;
      if (this.#ended.signal.aborted || stats.memory_stats.usage === undefined) return;
      const { usage, stats: detail, max_usage: peak } = stats.memory_stats;
      const cache = detail?.total_inactive_file ?? detail?.inactive_file ?? 0;
      this.#meter.add(
        {
          cpuSeconds: stats.cpu_stats.cpu_usage.total_usage / 1e9,
          memoryBytes: Math.max(0, usage - cache),
          memoryPeakBytes: peak,
        },
        this.#parts.clock.monotonic(),
      );
    } catch {
      // The next measurement may succeed.
    }
  }

  usage(): ReportedUsage {
    return this.#meter.report(this.#parts.clock.now() / 1000 - this.startTime);
  }

  usageHistory(): readonly UsagePoint[] {
    const { clock } = this.#parts;
    return this.#meter.history({ monotonic: clock.monotonic(), wall: clock.now() });
  }

  async release(): Promise<void> {
    const { written, log, id } = this.#parts;
    await written.finished;
    if (!written.isComplete) return;
    try {
      await this.#container.remove({ force: true, v: true });
    } catch (error) {
      if (statusOf(error) !== 404)
        log.warn({ container: id, ...errorFields(error) }, 'agent.docker.remove-failed');
    }
  }

  async #watch(): Promise<TaskExit> {
    const { docker, id, clock, life } = this.#parts;
    const backOff = daemonBackOff();
    /** Time at which the daemon became unavailable. Reset when the container is seen running again. */
    let awaySince: number | undefined;
    let sawItRun = false;
    let isKnown = true;
    for (;;) {
      // An error means that the daemon is unavailable, not that the container ended. After an outage, first check whether the container is still
      // running. Otherwise an end hours later would be attributed to the daemon.
      const answered =
        isKnown &&
        (await readAnswer(docker, 'POST', `/containers/${id}/wait`, { condition: 'not-running' }, life).then(
          () => true,
          () => false,
        ));
      if (life.aborted) return new Promise(() => undefined);
      if (!answered) awaySince ??= clock.now();
      const state = await this.#inspect();
      isKnown = state !== 'unknown';
      if (state !== 'unknown' && state !== 'gone' && state.Running) {
        awaySince = undefined;
        sawItRun = true;
      }
      if (state === 'gone')
        return this.#finish({
          exitCode: null,
          endTime: clock.now() / 1000,
          outOfMemory: false,
          problem: 'its container was removed outside Muster',
        });
      if (state !== 'unknown' && !state.Running && !state.Restarting && state.Status !== 'created') {
        const why = this.#stopping
          ? undefined
          : (interruptionOf(state, { awaySince, bootedAt: sawItRun ? undefined : bootTime(clock) }) ??
            (await this.#stoppedByOthers(state)));
        if (life.aborted) return new Promise(() => undefined);
        return this.#finish({
          exitCode: state.ExitCode,
          endTime: Date.parse(state.FinishedAt) / 1000 || clock.now() / 1000,
          outOfMemory:
            state.OOMKilled ||
            (state.ExitCode === 137 &&
              why === undefined &&
              !this.#stopping &&
              (await this.#ranOutOfMemory())),
          ...(state.Error === '' ? {} : { problem: state.Error.slice(0, 1000) }),
          ...(why !== undefined && { interrupted: true, problem: why }),
          ...(this.#endedFor !== undefined && { problem: this.#endedFor }),
        });
      }
      await clock.sleep(backOff.next(), life);
    }
  }

  /**
   * Returns the external interruption that ended the container, if any. After SIGTERM, a daemon still responds while it stops its containers, as if a
   * user had stopped them, and exits shortly afterwards.
   */
  async #stoppedByOthers({
    FinishedAt,
  }: Pick<Docker.ContainerInspectInfo['State'], 'FinishedAt'>): Promise<string | undefined> {
    const { docker, id, clock, life } = this.#parts;
    const filters = JSON.stringify({ container: [id], event: ['kill'] });
    const since = Math.max(0, Math.floor(Date.parse(FinishedAt) / 1000) - ASKED_SECONDS);
    let events = '';
    try {
      for await (const chunk of await openStream(
        docker,
        'GET',
        '/events',
        { since: String(since), until: (clock.now() / 1000).toFixed(3), filters },
        life,
      ))
        events += String(chunk);
    } catch (error) {
      return statusOf(error) === undefined ? DAEMON_ENDED : undefined;
    }
    return wasSignalledToEnd(events) ? STOPPED_BY_OTHERS : undefined;
  }

  /** Returns whether the container ran out of memory. The daemon may detect this late and record it only as an event. */
  async #ranOutOfMemory(): Promise<boolean> {
    const { docker, id, clock, life } = this.#parts;
    const filters = JSON.stringify({ container: [id], event: ['oom'] });
    for (const pause of OOM_PAUSES_MS) {
      await clock.sleep(pause, life);
      const query = {
        since: String(Math.floor(this.startTime) - 1),
        until: (clock.now() / 1000).toFixed(3),
        filters,
      };
      try {
        for await (const chunk of await openStream(docker, 'GET', '/events', query, life))
          if (String(chunk).trim() !== '') return true;
      } catch {
        return false;
      }
    }
    return false;
  }

  async #inspect(): Promise<Docker.ContainerInspectInfo['State'] | 'gone' | 'unknown'> {
    try {
      const { docker, id, life } = this.#parts;
      return (
        (await readAnswer(docker, 'GET', `/containers/${id}/json`, {}, life)) as Docker.ContainerInspectInfo
      ).State;
    } catch (error) {
      this.#parts.log.debug(
        { container: this.#parts.id, problem: daemonMessage(error) },
        'agent.docker.inspect-failed',
      );
      return statusOf(error) === 404 ? 'gone' : 'unknown';
    }
  }

  async #finish(exit: TaskExit): Promise<TaskExit> {
    this.#ended.abort();
    await this.#readLog();
    const result = this.#parts.givesOutput ? await this.#output() : undefined;
    return {
      ...exit,
      usage: this.#meter.report(exit.endTime - this.startTime),
      ...(result !== undefined && { result }),
    };
  }

  async #readLog(): Promise<void> {
    const { written, clock, life } = this.#parts;
    written.end();
    for (let before = -1; !written.isComplete && written.bytesWritten !== before && !life.aborted;) {
      before = written.bytesWritten;
      const over = new AbortController();
      await Promise.race([written.finished, clock.sleep(UNREAD_MS, AbortSignal.any([life, over.signal]))]);
      over.abort();
    }
  }

  async #output(): Promise<ProcessOutput | undefined> {
    const { logs, last } = this.#parts.written;
    const [stdout, stderr] = await Promise.all([
      endOf(logs.stdout, MAX_OUTPUT_BYTES),
      endOf(logs.stderr, MAX_OUTPUT_BYTES),
    ]);
    return boundedOutput({ stdout, stderr, last: last ?? (stdout.bytes.length > 0 ? 'stdout' : 'stderr') });
  }
}
