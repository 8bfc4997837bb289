import { MAX_CALL_SECONDS, type HttpConfig, type HttpResult } from '#domain/drivers/http/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { ReportedUsage } from '#domain/protocol/index.js';
import type { LogSource } from '../../logs/log-source.js';
import type { StartedTask, TaskExit } from '../driver.js';
import { headersOfAnswer, keepBody, KEPT_BYTES } from './answer.js';
import type { BodyPatterns } from './body-pattern.js';
import { makeCall, whyNotFollowed, type Call } from './call.js';
import type { KeptCall } from './call-log.js';
import { CallOutput } from './call-output.js';
import type { Proxy } from './proxy.js';
import { CallError, type Reach } from './reach.js';

export interface HttpTaskParts {
  readonly call: Call;
  /** Whether the URL may be secret. */
  readonly isSecret: boolean;
  readonly expect: HttpConfig['expect'];
  readonly stdout: string;
  readonly ended: (ended: Omit<KeptCall, 'claimedAt'>) => Promise<void>;
  readonly reach: Reach;
  readonly proxyOf: (url: URL) => Proxy | undefined;
  /** Called with the error of a call that got no response. Its cause is for the operator. */
  readonly failed: (error: CallError) => void;
  readonly patterns: BodyPatterns;
  readonly clock: Clock;
  readonly life: AbortSignal;
}

type Outcome = Pick<TaskExit, 'exitCode' | 'problem' | 'result'>;

export class HttpTask implements StartedTask {
  readonly startTime: number;
  readonly exit: Promise<TaskExit>;
  readonly #parts: HttpTaskParts;
  readonly #stopping = new AbortController();
  readonly #said: string[] = [];
  #tookTooLong = false;
  readonly #body: CallOutput;

  constructor(parts: HttpTaskParts) {
    this.#parts = parts;
    this.startTime = parts.clock.now() / 1000;
    this.#body = new CallOutput(parts.stdout);
    this.exit = this.#run();
  }

  output(stream: 'stdout' | 'stderr'): LogSource {
    if (stream === 'stdout') return this.#body;
    const said = (): CallOutput => new CallOutput('', this.#told());
    return {
      extent: () => said().extent(),
      read: async (position, limit) => await said().read(position, limit),
    };
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.exit;
  }

  async sample(): Promise<void> {
    // A call runs in the agent and has no resources of its own to measure.
  }

  usage(): ReportedUsage {
    return {};
  }

  async release(): Promise<void> {
    // A call does not hold any resources on the host.
  }

  async #run(): Promise<TaskExit> {
    const { clock, life, ended } = this.#parts;
    const abort = (): void => this.#stopping.abort();
    life.addEventListener('abort', abort, { once: true });
    const answered = new AbortController();
    void this.#stopAfter(MAX_CALL_SECONDS * 1000, answered.signal);
    const outcome = await this.#outcome();
    answered.abort();
    life.removeEventListener('abort', abort);
    // The next agent finds that the call was started, but not that it ended.
    if (life.aborted) return await new Promise(() => undefined);
    const exit: TaskExit = { endTime: clock.now() / 1000, outOfMemory: false, ...outcome };
    if (exit.problem !== undefined) this.#said.push(exit.problem);
    const { result, ...rest } = exit;
    const stdout = this.#body.short();
    try {
      await ended({
        end: { ...rest, ...(result !== undefined && { result: { ...result } }) },
        stderr: this.#told(),
        ...(stdout !== undefined && { stdout }),
      });
    } catch {
      // The disk may be full. The end is still reported, although a later agent would report it as unknown.
    }
    return exit;
  }

  async #stopAfter(ms: number, answered: AbortSignal): Promise<void> {
    await this.#parts.clock.sleep(ms, answered);
    if (answered.aborted) return;
    this.#tookTooLong = true;
    this.#stopping.abort();
  }

  #told(): string {
    return this.#said.map((line) => `${line}\n`).join('');
  }

  async #outcome(): Promise<Outcome> {
    const { call, isSecret, expect, reach, proxyOf, failed } = this.#parts;
    const { signal } = this.#stopping;
    let result: HttpResult | undefined;
    let redirect: string | undefined;
    try {
      const answer = await makeCall(call, {
        reach,
        proxyOf,
        signal,
        isFinal: (status) => expectedStatuses(expect)?.includes(status) === true,
        say: (line) => this.#said.push(line),
        notFollowed: (lost) => (redirect = whyNotFollowed(lost, isSecret)),
      });
      const status = answer.statusCode ?? 0;
      result = { http_status: status, headers: headersOfAnswer(answer), body: '' };
      const isWhole = await keepBody(answer, this.#body);
      result = { ...result, body: this.#body.tail() };
      if (!isWhole) this.#said.push(`only the first ${KEPT_BYTES} bytes of the response are stored`);
      const problem = await this.#disappointment(status, redirect);
      return problem === undefined ? { exitCode: 0, result } : { exitCode: 1, problem, result };
    } catch (error) {
      if (error instanceof CallError) failed(error);
      const problem = this.#tookTooLong
        ? `the call was ended after ${MAX_CALL_SECONDS} seconds, the maximum for a call`
        : signal.aborted
          ? 'the call was stopped before a response arrived'
          : error instanceof CallError
            ? error.message
            : `the call failed: ${String(error)}`;
      return { exitCode: 1, problem, ...(result !== undefined && { result }) };
    }
  }

  /** Describes how the response differs from the expected response. */
  async #disappointment(status: number, redirect: string | undefined): Promise<string | undefined> {
    const { expect, patterns } = this.#parts;
    const statuses = expectedStatuses(expect);
    if (statuses === undefined ? status < 200 || status > 299 : !statuses.includes(status))
      return (
        redirect ??
        `the response has status ${status}, expected ${statuses === undefined ? '2xx' : statuses.join(' or ')}`
      );
    const pattern = expect?.body_regex;
    if (pattern === undefined) return undefined;
    return (await patterns.matches(pattern, await this.#body.text()))
      ? undefined
      : 'the response body does not match body_regex';
  }
}

function expectedStatuses(expect: HttpConfig['expect']): readonly number[] | undefined {
  return expect?.status === undefined ? undefined : [expect.status].flat();
}
