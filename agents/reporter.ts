import { ERRORS } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { Registration } from '#domain/protocol/index.js';
import type { UsageReader } from './fingerprint/observed-usage.js';
import type { LogIdentity } from './drivers/log-identity.js';
import type { AgentLog } from './platform/log.js';
import type { Allocations } from './runner/allocations.js';
import { type ServerClient, type ServerFailure } from './platform/transport/server-client.js';
import { BackOff } from './platform/back-off.js';

export interface ReporterParts {
  readonly nodeId: string;
  readonly client: ServerClient;
  readonly allocations: Allocations;
  readonly observed: UsageReader;
  readonly clock: Clock;
  readonly log: AgentLog;
  readonly random: () => number;
  readonly heartbeatMs: number;
  readonly isHealthy: () => Promise<boolean>;
  /** Stores and applies the addresses of Muster's components. */
  readonly keepParts?: (parts: readonly string[]) => Promise<void>;
  /** Keeps the id of the servers' log. Default: it is not kept. */
  readonly logIdentity?: Pick<LogIdentity, 'id' | 'keep'> | undefined;
  readonly registration: () => Promise<Registration>;
}

const COALESCE_MS = 20;
/** After this long, a refused agent asks again whether the other one is down by now, in milliseconds. */
const IN_USE_RETRY_MS = 15_000;
/** A constant abort reason. Without one, each wake-up would create an unused error with a stack trace. */
const WOKEN = 'woken';

/**
 * Keeps the server informed. It registers, sends heartbeats at an interval and soon after a change (with that change only), and fetches the desired
 * allocations whenever the server's digest differs. Running tasks do not depend on the server being reachable.
 */
export class Reporter {
  readonly #parts: ReporterParts;
  readonly #backOff: BackOff;
  #epoch: number | undefined;
  #registered = false;
  #refused = false;
  #resources: Readonly<Record<string, number>> = {};
  #changed = false;
  #toldAll = Number.NEGATIVE_INFINITY;
  #wake = new AbortController();

  constructor(parts: ReporterParts) {
    this.#parts = parts;
    this.#backOff = new BackOff(200, Math.min(30_000, Math.max(1000, parts.heartbeatMs)), parts.random);
  }

  get epoch(): number | undefined {
    return this.#epoch;
  }

  get registered(): boolean {
    return this.#registered;
  }

  /** Whether another agent held the node id when this one last asked for it. */
  get refused(): boolean {
    return this.#refused;
  }

  changed(): void {
    this.#changed = true;
    this.#wake.abort(WOKEN);
  }

  registerAgain(): void {
    this.#registered = false;
    this.#wake.abort(WOKEN);
  }

  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#wake.abort(), { once: true });
    while (!signal.aborted) {
      const failure = this.#registered ? await this.#heartbeat() : await this.#register();
      if (signal.aborted) return;
      if (failure === undefined) {
        this.#backOff.reset();
        await this.#pause(signal);
      } else {
        this.#say(failure);
        if (failure.kind === 'reregister') this.#registered = false;
        const waitMs = failure.kind === 'in-use' ? IN_USE_RETRY_MS : this.#backOff.next();
        await this.#parts.clock.sleep(waitMs, signal);
      }
    }
  }

  /** What another agent's use of the node id means is said once, in words that an operator can act on. */
  #say({ kind, problem }: ServerFailure): void {
    const { log, nodeId, allocations } = this.#parts;
    if (kind !== 'in-use') return log.warn({ kind, problem }, 'agent.server.failed');
    if (!this.#refused)
      log.error(
        { nodeId, problem, hint: ERRORS.MUSTER_E_NODE_ID_IN_USE.hint, running: allocations.running() },
        'agent.node-id-in-use',
      );
    this.#refused = true;
  }

  async #pause(signal: AbortSignal): Promise<void> {
    const { clock, heartbeatMs } = this.#parts;
    if (!this.#registered) return;
    if (!this.#changed) await clock.sleep(heartbeatMs, this.#wake.signal);
    if (this.#changed) await clock.sleep(COALESCE_MS, signal);
    this.#changed = false;
    this.#wake = new AbortController();
  }

  async #register(): Promise<ServerFailure | undefined> {
    const { client, registration, log, keepParts, logIdentity } = this.#parts;
    const body = await registration();
    const answer = await client.register(body);
    if (answer.kind !== 'ok') return answer;
    this.#refused = false;
    // Orders are refused until the epoch is known, so every allocation of this registration bears the log.
    await logIdentity?.keep(answer.log);
    // This must happen before the first call of a task that arrived with this registration.
    if (answer.ownParts !== undefined) await keepParts?.(answer.ownParts);
    this.#epoch = answer.epoch;
    this.#registered = true;
    this.#toldAll = Number.NEGATIVE_INFINITY;
    this.#resources = body.resources;
    // A heartbeat follows immediately, because a server of a new epoch does not have any allocation yet.
    this.#changed = true;
    log.info({ nodeId: body.node_id, epoch: answer.epoch }, 'agent.registered');
    return this.#compare(body.node_id, answer.digest);
  }

  async #heartbeat(): Promise<ServerFailure | undefined> {
    const { client, allocations, observed, clock, nodeId, isHealthy, heartbeatMs, logIdentity } = this.#parts;
    const at = clock.monotonic();
    const due = at - this.#toldAll >= heartbeatMs * 0.9;
    const { reports, more } = allocations.reports(due ? 'all' : 'news');
    const answer = await client.heartbeat(
      {
        node_id: nodeId,
        resources: { ...this.#resources, ...observed.read() },
        healthy: await isHealthy(),
        timestamp: clock.now() / 1000,
        allocations: reports,
      },
      this.#epoch,
    );
    if (answer.kind !== 'ok') return answer;
    if (answer.epoch !== undefined && answer.epoch !== this.#epoch)
      return { kind: 'reregister', problem: `the current epoch is ${answer.epoch}, not ${this.#epoch}` };
    if (logIdentity !== undefined && answer.log !== undefined && answer.log !== logIdentity.id)
      return { kind: 'reregister', problem: `the log of the server is ${answer.log}` };
    if (due) this.#toldAll = at;
    allocations.acknowledge(reports);
    if (more) this.#changed = true;
    return this.#compare(nodeId, answer.digest);
  }

  async #compare(nodeId: string, digest: string | undefined): Promise<ServerFailure | undefined> {
    const { client, allocations, log } = this.#parts;
    if (digest === undefined || this.#epoch === undefined || digest === allocations.digest())
      return undefined;
    const before = allocations.known();
    const answer = await client.desired(nodeId, this.#epoch);
    if (answer.kind !== 'ok') return answer;
    if (answer.desired.epoch !== this.#epoch)
      return { kind: 'reregister', problem: `the desired list is for epoch ${answer.desired.epoch}` };
    log.debug({ allocations: answer.desired.allocations.length }, 'agent.desired.fetched');
    await allocations.reconcile(answer.desired, before);
    return undefined;
  }
}
