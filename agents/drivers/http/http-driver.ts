import path from 'node:path';
import { ALLOWED_ENDPOINTS, httpUrl, type HttpConfig } from '#domain/drivers/http/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { LogQuery, LogStream } from '#domain/protocol/agent-channel.js';
import type { NodeAttributes } from '#domain/kernel/resources.js';
import { readLog } from '../../logs/follow.js';
import type { LogSource } from '../../logs/log-source.js';
import { RotatedLog } from '../../logs/rotated-log.js';
import { errorFields, type AgentLog } from '../../platform/log.js';
import {
  TaskStartError,
  type StartedTask,
  type TaskDriver,
  type TaskExit,
  type TaskSpec,
} from '../driver.js';
import { textOrEnvironment } from '../text-or-environment.js';
import { BodyPatterns } from './body-pattern.js';
import type { CallLog, KeptCall } from './call-log.js';
import { CallOutput } from './call-output.js';
import { headersOf } from './headers.js';
import { HttpTask } from './http-task.js';
import { proxyFor, type ProxyVariables } from './proxy.js';
import type { Reach } from './reach.js';

export interface HttpDriverOptions {
  readonly reach: Reach;
  readonly calls: CallLog;
  /** The list from which `reach` was made, so that servers can refuse what no node may call. */
  readonly allowed?: string;
  /** The standard variables that name proxies. Default: no proxy. */
  readonly proxies?: ProxyVariables | undefined;
  readonly log?: Pick<AgentLog, 'info'> | undefined;
  readonly clock: Clock;
  readonly life: AbortSignal;
}

const SWEEP_MS = 10_000;
/** Longest list that is an attribute of the node, in characters. */
const MAX_SHOWN_LIST = 1024;
const UNKNOWN_END = 'the agent ended during the call: the outcome is unknown, and the call is not repeated';

/**
 * Makes HTTP calls from the agent's own process, many of them concurrently. A call cannot outlive its agent, so the outcome of a call is unknown if
 * the agent ends during the call.
 */
export class HttpDriver implements TaskDriver<HttpConfig> {
  readonly #options: HttpDriverOptions;
  readonly #patterns: BodyPatterns;
  readonly #running = new Map<string, HttpTask>();
  readonly #starting = new Map<string, Promise<StartedTask>>();

  constructor(options: HttpDriverOptions) {
    this.#options = options;
    this.#patterns = new BodyPatterns(options.clock, options.life);
  }

  async fingerprint(): Promise<NodeAttributes> {
    const { allowed = '' } = this.#options;
    return allowed.length > MAX_SHOWN_LIST ? {} : { [ALLOWED_ENDPOINTS]: allowed };
  }

  async prepare(): Promise<void> {
    // A call needs no preparation.
  }

  async start(spec: TaskSpec<HttpConfig>): Promise<StartedTask> {
    const [url, headers] = [urlOf(spec), headersOf(spec)];
    const { method, body, expect } = spec.config;
    const text =
      body === undefined ? undefined : [body].flat().map((piece) => textOrEnvironment(piece, spec));
    const key = keyOf(spec);
    const { calls, clock, proxies = {}, log, allowed: _, ...shared } = this.#options;
    const begin = async (): Promise<StartedTask> => {
      if (!(await calls.claim(key, clock.now() / 1000))) return endedTask(calls.find(key));
      const task = new HttpTask({
        call: { url, method, headers, body: text === undefined ? undefined : Buffer.from(text.join('')) },
        isSecret: typeof spec.config.url !== 'string',
        expect,
        stdout: fileOf(spec, 'stdout'),
        ended: (ended) => calls.end(key, ended),
        proxyOf: (url) => proxyFor(url, proxies),
        failed: (error) =>
          log?.info({ allocationId: spec.allocationId, ...errorFields(error) }, 'agent.http.failed'),
        patterns: this.#patterns,
        clock,
        ...shared,
      });
      this.#running.set(key, task);
      void task.exit.then(() => this.#running.delete(key));
      return task;
    };
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const starting = this.#starting.get(key) ?? begin().finally(() => this.#starting.delete(key));
    this.#starting.set(key, starting);
    return await starting;
  }

  async adopt(spec: TaskSpec<HttpConfig>, abandon: boolean): Promise<StartedTask | undefined> {
    const key = keyOf(spec);
    const { calls, clock } = this.#options;
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const found = calls.find(key);
    if (found !== undefined || calls.isDoubtful) return endedTask(found);
    if (abandon) await calls.claim(key, clock.now() / 1000);
    return undefined;
  }

  logs(
    spec: TaskSpec,
    query: LogQuery,
    ended: () => boolean,
    signal: AbortSignal,
  ): AsyncIterable<Uint8Array> {
    const logs = {
      stdout: this.#source(spec, 'stdout'),
      stderr: this.#source(spec, 'stderr'),
      first: 'stderr',
    } as const;
    return readLog(logs, query, ended, this.#options.clock, signal);
  }

  async run(isKnown: (allocationId: string) => boolean, signal: AbortSignal): Promise<void> {
    const { calls, clock } = this.#options;
    while (!signal.aborted) {
      await calls.keep((key) => isKnown(allocationOf(key))).catch(() => undefined);
      await clock.sleep(SWEEP_MS, signal);
    }
    await calls.close();
  }

  #source(spec: TaskSpec, stream: LogStream): LogSource {
    const key = keyOf(spec);
    const running = this.#running.get(key);
    if (running !== undefined) return running.output(stream);
    const text = this.#options.calls.find(key)?.[stream];
    return text === undefined ? new RotatedLog(fileOf(spec, stream)) : new CallOutput('', text);
  }
}

function urlOf(spec: TaskSpec<HttpConfig>): string {
  const { data, error } = httpUrl.safeParse(textOrEnvironment(spec.config.url, spec));
  // A value from the environment has not been validated yet. Errors do not repeat it, because it may be secret.
  if (data === undefined) throw new TaskStartError(`its URL ${error?.issues[0]?.message ?? 'is malformed'}`);
  return data;
}

/** Represents a call that has ended, or that is not repeated because an earlier agent may have made it. */
function endedTask({ claimedAt = 0, end }: Partial<KeptCall> = {}): StartedTask {
  const exit: TaskExit = exitOf(end) ?? {
    exitCode: null,
    endTime: claimedAt,
    outOfMemory: false,
    problem: UNKNOWN_END,
  };
  const nothing = async (): Promise<void> => undefined;
  return {
    startTime: claimedAt,
    exit: Promise.resolve(exit),
    stop: nothing,
    sample: nothing,
    usage: () => ({}),
    release: nothing,
  };
}

function exitOf(end: KeptCall['end']): TaskExit | undefined {
  if (end === undefined) return undefined;
  const { problem, usage, result, ...rest } = end;
  return {
    ...rest,
    ...(problem !== undefined && { problem }),
    ...(usage !== undefined && { usage }),
    ...(result !== undefined && { result }),
  };
}

function keyOf({ allocationId, task }: TaskSpec): string {
  return `${allocationId}/${task.name}`;
}

function allocationOf(key: string): string {
  return key.slice(0, key.indexOf('/'));
}

function fileOf({ directory }: TaskSpec, stream: LogStream): string {
  return path.join(directory, 'logs', stream);
}
