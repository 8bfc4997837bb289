import path from 'node:path';
import type { HttpConfig } from '#domain/drivers/http/index.js';
import type { Clock } from '#domain/ports/clock.js';
import type { LogQuery } from '#domain/ports/agent-channel.js';
import type { NodeAttributes } from '#domain/resources.js';
import { makeFolder, PASSABLE, PRIVATE } from '../../folder.js';
import { readLog } from '../../logs/follow.js';
import { DEFAULT_LOG_BOUNDS, RotatedLog } from '../../logs/rotated-log.js';
import type { StartedTask, TaskDriver, TaskExit, TaskSpec } from '../driver.js';
import { givenText } from '../given-text.js';
import { BodyPatterns } from './body-pattern.js';
import { CallRecord } from './call-record.js';
import { headersOf } from './headers.js';
import { HttpTask } from './http-task.js';
import type { Reach } from './reach.js';

export interface HttpDriverOptions {
  readonly reach: Reach;
  readonly clock: Clock;
  /** Aborts when the agent ends. */
  readonly life: AbortSignal;
}

const UNKNOWN_END = 'the agent ended while the call was under way: whether it was carried out is not known, and it is not made again';

/**
 * Makes HTTP calls from the agent's own process, many at once. A call cannot outlive its agent: one that was under way when the agent ended has an
 * end that nobody knows.
 */
export class HttpDriver implements TaskDriver<HttpConfig> {
  readonly #options: HttpDriverOptions;
  readonly #patterns: BodyPatterns;
  /** Calls under way, by the folder of their task. */
  readonly #running = new Map<string, HttpTask>();

  constructor(options: HttpDriverOptions) {
    this.#options = options;
    this.#patterns = new BodyPatterns(options.clock, options.life);
  }

  async fingerprint(): Promise<NodeAttributes> {
    return {};
  }

  async prepare(): Promise<void> {
    // A call needs nothing fetched.
  }

  async start(spec: TaskSpec<HttpConfig>): Promise<StartedTask> {
    const headers = headersOf(spec);
    const { url, method, body, expect } = spec.config;
    const text = body === undefined ? undefined : [body].flat().map((piece) => givenText(piece, spec));
    const record = openRecord(spec);
    if (!record.claim()) return this.#found(spec, record) ?? lostTask(record);
    const logs = logsOf(spec);
    makeFolder(logs, PRIVATE);
    const task = new HttpTask({
      call: { url, method, headers, body: text === undefined ? undefined : Buffer.from(text.join('')) },
      expect,
      logs,
      record,
      patterns: this.#patterns,
      ...this.#options,
    });
    this.#running.set(spec.directory, task);
    void task.exit.then(() => this.#running.delete(spec.directory));
    return task;
  }

  async adopt(spec: TaskSpec<HttpConfig>, abandon: boolean): Promise<StartedTask | undefined> {
    const record = new CallRecord(stateOf(spec));
    const found = this.#found(spec, record);
    if (found !== undefined) return found;
    if (abandon && record.claimedAt() === undefined && openRecord(spec).claim()) return undefined;
    return record.claimedAt() === undefined ? undefined : lostTask(record);
  }

  logs(spec: TaskSpec, query: LogQuery, ended: () => boolean, signal: AbortSignal): AsyncIterable<Uint8Array> {
    return readLog(new RotatedLog(path.join(logsOf(spec), query.stream), DEFAULT_LOG_BOUNDS), query, ended, this.#options.clock, signal);
  }

  async run(): Promise<void> {
    // Nothing besides its calls.
  }

  /** One that is under way here, or whose end was written down. */
  #found(spec: TaskSpec, record: CallRecord): StartedTask | undefined {
    const running = this.#running.get(spec.directory);
    if (running !== undefined) return running;
    const exit = record.ended();
    return exit === undefined ? undefined : endedTask(record, exit);
  }
}

/** One that nobody here makes: an agent before may have. */
function lostTask(record: CallRecord): StartedTask {
  return endedTask(record, { exitCode: null, endTime: record.claimedAt() ?? 0, outOfMemory: false, problem: UNKNOWN_END });
}

function endedTask(record: CallRecord, exit: TaskExit): StartedTask {
  const nothing = async (): Promise<void> => undefined;
  return { startTime: record.claimedAt() ?? exit.endTime, exit: Promise.resolve(exit), stop: nothing, sample: nothing, usage: () => ({}), release: nothing };
}

/** Makes its folder, where it is not there. */
function openRecord(spec: TaskSpec): CallRecord {
  for (const directory of [path.dirname(spec.directory), spec.directory]) makeFolder(directory, PASSABLE);
  makeFolder(stateOf(spec), PRIVATE);
  return new CallRecord(stateOf(spec));
}

function stateOf({ directory }: TaskSpec): string {
  return path.join(directory, 'state');
}

function logsOf({ directory }: TaskSpec): string {
  return path.join(directory, 'logs');
}
