import type { Clock } from '#domain/ports/clock.js';
import type { Registration } from '#domain/protocol/index.js';
import type { ObservedUsage } from './fingerprint/observed-usage.js';
import type { AgentLog } from './log.js';
import type { Allocations } from './runner/allocations.js';
import type { ServerClient, ServerFailure } from './transport/server-client.js';
import { BackOff } from './back-off.js';

export interface ReporterParts {
  readonly nodeId: string;
  readonly client: ServerClient;
  readonly allocations: Allocations;
  readonly observed: ObservedUsage;
  readonly clock: Clock;
  readonly log: AgentLog;
  readonly random: () => number;
  readonly heartbeatMs: number;
  /** Whether the agent can take new work. */
  readonly isHealthy: () => Promise<boolean>;
  /** Keeps what a server says of where Muster's parts are; resolves when it holds, true where the node has to register again because of that. */
  readonly keepParts?: (parts: readonly string[]) => Promise<boolean>;
  /** What to register with, asked for anew each time. */
  readonly registration: () => Promise<Registration>;
}

/** Changes within so many milliseconds go into one heartbeat. */
const COALESCE_MS = 20;
/** Without a reason, each wake would make an error with its stack, for nobody. */
const WOKEN = 'woken';

/**
 * Keeps the server told: registers, sends a heartbeat on an interval and soon after a change (of that alone), and fetches the desired
 * list whenever the server's digest differs from the agent's. While the server is away nothing here stops what runs.
 */
export class Reporter {
  readonly #parts: ReporterParts;
  readonly #backOff: BackOff;
  #epoch: number | undefined;
  #registered = false;
  #resources: Readonly<Record<string, number>> = {};
  #changed = false;
  /** Monotonic: when the server last took a heartbeat that told all. */
  #toldAll = Number.NEGATIVE_INFINITY;
  #wake = new AbortController();

  constructor(parts: ReporterParts) {
    this.#parts = parts;
    this.#backOff = new BackOff(200, Math.min(30_000, Math.max(1000, parts.heartbeatMs)), parts.random);
  }

  /** The epoch that holds; absent before the first registration, and with a server that has none. */
  get epoch(): number | undefined {
    return this.#epoch;
  }

  get registered(): boolean {
    return this.#registered;
  }

  /** An allocation has changed: the next heartbeat is due. */
  changed(): void {
    this.#changed = true;
    this.#wake.abort(WOKEN);
  }

  /** What the node is has changed: it registers again. */
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
        this.#parts.log.warn({ kind: failure.kind, problem: failure.problem }, 'agent.server.failed');
        if (failure.kind === 'reregister') this.#registered = false;
        await this.#parts.clock.sleep(this.#backOff.next(), signal);
      }
    }
  }

  /** Until the next heartbeat is due. */
  async #pause(signal: AbortSignal): Promise<void> {
    const { clock, heartbeatMs } = this.#parts;
    if (!this.#registered) return;
    if (!this.#changed) await clock.sleep(heartbeatMs, this.#wake.signal);
    if (this.#changed) await clock.sleep(COALESCE_MS, signal);
    this.#changed = false;
    this.#wake = new AbortController();
  }

  async #register(): Promise<ServerFailure | undefined> {
    const { client, log, registration, keepParts } = this.#parts;
    const body = await registration();
    const answer = await client.register(body);
    if (answer.kind !== 'ok') return answer;
    // Before the first call of a task that came with this registration.
    const again = answer.ownParts !== undefined && (await keepParts?.(answer.ownParts)) === true;
    this.#epoch = answer.epoch;
    this.#registered = !again;
    this.#toldAll = Number.NEGATIVE_INFINITY;
    this.#resources = body.resources;
    // A heartbeat follows at once: the server of a new epoch has heard of no allocation yet.
    this.#changed = true;
    log.info({ nodeId: body.node_id, epoch: answer.epoch }, 'agent.registered');
    if (again) return undefined;
    return this.#compare(body.node_id, answer.digest);
  }

  async #heartbeat(): Promise<ServerFailure | undefined> {
    const { client, allocations, observed, clock, nodeId, isHealthy, heartbeatMs } = this.#parts;
    // Between the regular heartbeats, which tell all, only what has changed is told.
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
    if (answer.epoch !== undefined && answer.epoch !== this.#epoch) return { kind: 'reregister', problem: `epoch ${answer.epoch} holds, not ${this.#epoch}` };
    if (due) this.#toldAll = at;
    allocations.acknowledge(reports);
    if (more) this.#changed = true;
    return this.#compare(nodeId, answer.digest);
  }

  /** Fetches the desired list where the server's digest is another than ours. */
  async #compare(nodeId: string, digest: string | undefined): Promise<ServerFailure | undefined> {
    const { client, allocations, log } = this.#parts;
    if (digest === undefined || this.#epoch === undefined || digest === allocations.digest()) return undefined;
    const before = allocations.known();
    const answer = await client.desired(nodeId, this.#epoch);
    if (answer.kind !== 'ok') return answer;
    if (answer.desired.epoch !== this.#epoch) return { kind: 'reregister', problem: `the desired list is of epoch ${answer.desired.epoch}` };
    log.debug({ allocations: answer.desired.allocations.length }, 'agent.desired.fetched');
    await allocations.reconcile(answer.desired, before);
    return undefined;
  }
}
