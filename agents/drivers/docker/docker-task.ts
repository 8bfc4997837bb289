import { mkdir } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { ProcessOutput } from '#domain/drivers/index.js';
import type { LogQuery } from '#domain/ports/agent-channel.js';
import type { Clock } from '#domain/ports/clock.js';
import type { ReportedUsage, UsagePoint } from '#domain/protocol/index.js';
import type { TaskReach } from '../../checks/reach.js';
import { errorFields, type AgentLog } from '../../log.js';
import type { KeptPoints } from '../kept-points.js';
import { UsageMeter } from '../usage.js';
import type { StartedTask, TaskExit } from '../driver.js';
import { ContainerExec } from './container-exec.js';
import { daemonBackOff } from './daemon-back-off.js';
import { openStream, readAnswer } from './daemon-stream.js';
import { daemonMessage, statusOf } from './docker-error.js';
import { askedToEnd, bootTime, DAEMON_ENDED, interruptionOf, STOPPED_BY_OTHERS } from './interruption.js';
import { containerOutput } from './container-output.js';
import { copyLog, isCopied } from './copied-log.js';
import { entriesWith } from './last-entries.js';
import { framedStreams, logFrames, wholeLines, type StreamBytes } from './log-frames.js';
import { deadline } from '../../clock/system-clock.js';

export interface DockerTaskParts {
  readonly docker: Docker;
  readonly id: string;
  /** It has a terminal: the daemon then gives its log as it is, without frames. */
  readonly tty: boolean;
  /** The image that it was started from. */
  readonly imageDigest: string;
  /** Where one of its ports is reached; throws where it is not. */
  readonly address: TaskReach['address'];
  /** Unix seconds. */
  readonly startTime: number;
  /** It gives back the end of what it wrote. */
  readonly givesOutput: boolean;
  /** Where what it used is kept. */
  readonly points: KeptPoints;
  /** Where the logs go when the container is removed. */
  readonly logs: string;
  readonly clock: Clock;
  readonly log: AgentLog;
  /** Aborts when the agent ends; the container does not. */
  readonly life: AbortSignal;
}

const STATS_MS = 5000;
/** From the first signal of a stop until the end of the container, at most. */
const ASKED_SECONDS = 120;
/** The end that is given back is looked for in so many of its last lines, of both streams together. */
const OUTPUT_LINES = 10_000;
const OUTPUT_MS = 5000;
const OOM_PAUSES_MS = [0, 100, 300];

/** A container, created by this agent or found again by its labels. */
export class DockerTask implements StartedTask {
  readonly startTime: number;
  readonly containerId: string;
  readonly imageDigest: string;
  readonly reach: TaskReach;
  readonly exit: Promise<TaskExit>;
  readonly #parts: DockerTaskParts;
  readonly #container: Docker.Container;
  readonly #meter: UsageMeter;
  readonly #ended = new AbortController();
  #readers = 0;
  #stopping = false;
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
    this.reach = { address: parts.address, exec: (command, signal) => programs.run(command, signal) };
    this.exit = this.#watch();
    // A container may be gone by the time of the next measurement.
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
        // 304: it was stopped already. 404: it is gone.
        if (status === 304 || status === 404) break;
        log.warn({ container: id, ...errorFields(error) }, 'agent.docker.stop-failed');
        await clock.sleep(backOff.next(), AbortSignal.any([this.#ended.signal, life]));
      }
    }
    await this.exit;
  }

  async sample(): Promise<void> {
    const now = this.#parts.clock.monotonic();
    // A measurement costs the daemon some work: often at first, for tasks that are short, then less often.
    if (this.#ended.signal.aborted || now - this.#sampledAt < (this.#samples < 10 ? 900 : 4900)) return;
    this.#sampledAt = now;
    this.#samples += 1;
    try {
      const { docker, id, life } = this.#parts;
      const once = { stream: 'false', 'one-shot': 'true' };
      const stats = (await readAnswer(docker, 'GET', `/containers/${id}/stats`, once, AbortSignal.any([life, deadline(STATS_MS)]))) as Docker.ContainerStats;
      if (this.#ended.signal.aborted || stats.memory_stats.usage === undefined) return;
      const { usage, stats: detail, max_usage: peak } = stats.memory_stats;
      const cache = detail?.total_inactive_file ?? detail?.inactive_file ?? 0;
      this.#meter.add(
        { cpuSeconds: stats.cpu_stats.cpu_usage.total_usage / 1e9, memoryBytes: Math.max(0, usage - cache), memoryPeakBytes: peak },
        this.#parts.clock.monotonic(),
      );
    } catch {
      // A measurement that could not be taken; the next one may be.
    }
  }

  usage(): ReportedUsage {
    return this.#meter.report(this.#parts.clock.now() / 1000 - this.startTime);
  }

  usageHistory(): readonly UsagePoint[] {
    const { clock } = this.#parts;
    return this.#meter.history({ monotonic: clock.monotonic(), wall: clock.now() });
  }

  /** Copies the logs to disk, then removes the container. */
  async release(): Promise<void> {
    const { clock, logs, log, id, life } = this.#parts;
    for (let attempt = 0; this.#readers > 0 && attempt < 40 && !life.aborted; attempt += 1) await clock.sleep(50, life);
    try {
      await mkdir(logs, { recursive: true, mode: 0o700 });
      if (!isCopied(logs)) await copyLog(this.#frames(await this.#openLog({ stream: 'both', follow: false }, life)), logs);
    } catch (error) {
      if (statusOf(error) !== 404) log.warn({ container: id, ...errorFields(error) }, 'agent.docker.log-copy-failed');
    }
    try {
      await this.#container.remove({ force: true, v: true });
    } catch (error) {
      if (statusOf(error) !== 404) log.warn({ container: id, ...errorFields(error) }, 'agent.docker.remove-failed');
    }
  }

  /** The container's log as Docker keeps it; ends with the container when followed. */
  async *logs(asked: LogQuery, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    this.#readers += 1;
    try {
      const log = await this.#openLog(asked, signal);
      yield* asked.stream === 'both' ? wholeLines(this.#frames(log)) : this.#content(log);
    } finally {
      this.#readers -= 1;
    }
  }

  async #watch(): Promise<TaskExit> {
    const { docker, id, clock, life } = this.#parts;
    const backOff = daemonBackOff();
    /** When the daemon went away, where it has been away since the container was last seen to run. */
    let awaySince: number | undefined;
    let sawItRun = false;
    for (;;) {
      // An error here says that the daemon is away, not that the container ended: only what it says then counts.
      const answered = await readAnswer(docker, 'POST', `/containers/${id}/wait`, { condition: 'not-running' }, life).then(
        () => true,
        () => false,
      );
      if (life.aborted) return new Promise(() => undefined);
      if (!answered) awaySince ??= clock.now();
      const state = await this.#inspect();
      if (state !== 'unknown' && state !== 'gone' && state.Running) {
        awaySince = undefined;
        sawItRun = true;
      }
      if (state === 'gone')
        return this.#finish({ exitCode: null, endTime: clock.now() / 1000, outOfMemory: false, problem: 'its container was removed by somebody else' });
      if (state !== 'unknown' && !state.Running && !state.Restarting && state.Status !== 'created') {
        const why = this.#stopping
          ? undefined
          : (interruptionOf(state, { awaySince, bootedAt: sawItRun ? undefined : bootTime(clock) }) ?? (await this.#stoppedByOthers(state)));
        if (life.aborted) return new Promise(() => undefined);
        return this.#finish({
          exitCode: state.ExitCode,
          endTime: Date.parse(state.FinishedAt) / 1000 || clock.now() / 1000,
          outOfMemory: state.OOMKilled || (state.ExitCode === 137 && !this.#stopping && (await this.#ranOutOfMemory())),
          ...(state.Error === '' ? {} : { problem: state.Error.slice(0, 1000) }),
          ...(why !== undefined && { interrupted: true, problem: why }),
        });
      }
      await clock.sleep(backOff.next(), life);
    }
  }

  /**
   * Returns what ended it from outside; undefined where nothing did. A daemon that receives SIGTERM stops its containers while it still answers, as it does for
   * a person, and goes away a little later.
   */
  async #stoppedByOthers({ FinishedAt }: Pick<Docker.ContainerInspectInfo['State'], 'FinishedAt'>): Promise<string | undefined> {
    const { docker, id, clock, life } = this.#parts;
    const filters = JSON.stringify({ container: [id], event: ['kill'] });
    const since = Math.max(0, Math.floor(Date.parse(FinishedAt) / 1000) - ASKED_SECONDS);
    let events = '';
    try {
      for await (const chunk of await openStream(docker, 'GET', '/events', { since: String(since), until: (clock.now() / 1000).toFixed(3), filters }, life))
        events += String(chunk);
    } catch (error) {
      return statusOf(error) === undefined ? DAEMON_ENDED : undefined;
    }
    return askedToEnd(events) ? STOPPED_BY_OTHERS : undefined;
  }

  /**
   * Whether the kernel killed it for its memory although its state does not say so: the daemon may hear of the end before it
   * hears of the reason, which then stands only among its events.
   */
  async #ranOutOfMemory(): Promise<boolean> {
    const { docker, id, clock, life } = this.#parts;
    const filters = JSON.stringify({ container: [id], event: ['oom'] });
    for (const pause of OOM_PAUSES_MS) {
      await clock.sleep(pause, life);
      const query = { since: String(Math.floor(this.startTime) - 1), until: (clock.now() / 1000).toFixed(3), filters };
      try {
        for await (const chunk of await openStream(docker, 'GET', '/events', query, life)) if (String(chunk).trim() !== '') return true;
      } catch {
        return false;
      }
    }
    return false;
  }

  async #inspect(): Promise<Docker.ContainerInspectInfo['State'] | 'gone' | 'unknown'> {
    try {
      const { docker, id, life } = this.#parts;
      return ((await readAnswer(docker, 'GET', `/containers/${id}/json`, {}, life)) as Docker.ContainerInspectInfo).State;
    } catch (error) {
      this.#parts.log.debug({ container: this.#parts.id, problem: daemonMessage(error) }, 'agent.docker.inspect-failed');
      return statusOf(error) === 404 ? 'gone' : 'unknown';
    }
  }

  async #finish(exit: TaskExit): Promise<TaskExit> {
    this.#ended.abort();
    const result = this.#parts.givesOutput ? await this.#output() : undefined;
    return { ...exit, usage: this.#meter.report(exit.endTime - this.startTime), ...(result !== undefined && { result }) };
  }

  /** The end of what it wrote. Its end is told without it where the daemon does not say it soon. */
  async #output(): Promise<ProcessOutput | undefined> {
    const { docker, id, life, log } = this.#parts;
    try {
      const query = { stdout: 'true', stderr: 'true', tail: String(OUTPUT_LINES) };
      const written = await openStream(docker, 'GET', `/containers/${id}/logs`, query, AbortSignal.any([life, deadline(OUTPUT_MS)]));
      return await containerOutput(this.#frames(written));
    } catch (error) {
      if (statusOf(error) !== 404) log.warn({ container: id, ...errorFields(error) }, 'agent.docker.output-unknown');
      return undefined;
    }
  }

  async #openLog({ stream, follow, tail, since }: LogQuery, signal: AbortSignal): Promise<Readable> {
    const { docker, id, tty } = this.#parts;
    const open = (query: Record<string, string>): Promise<Readable> =>
      openStream(docker, 'GET', `/containers/${id}/logs`, { ...query, ...(since !== undefined && { since: String(since) }) }, signal);
    const ofBoth = async (entries: number): Promise<AsyncIterable<StreamBytes>> =>
      framedStreams(await open({ stdout: 'true', stderr: 'true', tail: String(entries) }));
    const entries = tail === undefined || tty || stream === 'both' ? tail : await entriesWith(stream, tail, ofBoth);
    const wanted = stream === 'both' ? { stdout: 'true', stderr: 'true' } : { [stream]: 'true' };
    return await open({ ...wanted, follow: String(follow), tail: String(entries ?? 'all') });
  }

  #content(log: Readable): AsyncIterable<Uint8Array> {
    return this.#parts.tty ? log : logFrames(log);
  }

  #frames(log: Readable): AsyncIterable<StreamBytes> {
    return this.#parts.tty ? unframed(log) : framedStreams(log);
  }
}

/** What a terminal shows is one stream. */
async function* unframed(log: AsyncIterable<Uint8Array | string>): AsyncGenerator<StreamBytes> {
  for await (const bytes of log) yield { stream: 'stdout', bytes: Buffer.from(bytes as Uint8Array), begins: true };
}
