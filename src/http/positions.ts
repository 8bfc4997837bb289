import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import { MIN_POSITION_HEADER, POSITION_HEADER, STALE_HEADER } from '#domain/protocol/headers.js';
import type { Policy } from './access/policy.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * What requests wait for before they are handled. `models`: until the read models include this server's own writes and the position in the
     * header. `position`: only for the latter. Default: `nothing` if the route does not authenticate accounts, else `models`.
     */
    readonly waits?: 'models' | 'position' | 'nothing';
  }
}

const NO_ACCOUNT: ReadonlySet<Policy['who']> = new Set(['anyone', 'node', 'testKey']);

export function waitsFor({ access, waits }: FastifyContextConfig): 'models' | 'position' | 'nothing' {
  return waits ?? (access !== undefined && NO_ACCOUNT.has(access.who) ? 'nothing' : 'models');
}

export const POSITION_PATTERN = '^\\d{1,19}$';
const POSITION = new RegExp(POSITION_PATTERN);

const NOTHING = -1n;

const AT_ONCE = Promise.resolve();

interface Waiting {
  readonly position: bigint;
  readonly done: () => void;
}

/**
 * Provides read-your-writes consistency. If only this server reads its models, its GETs wait for the commands that it has acknowledged, so commands
 * need not wait. If other servers read the same models, commands are acknowledged once the models include them.
 */
export class Positions {
  readonly #outstanding: bigint[] = [];
  #waiting: Waiting[] = [];
  #watching = false;
  #answered = NOTHING;
  #givenUp = NOTHING;

  constructor(
    private readonly models: ReadModels,
    private readonly waitMs: number,
    private readonly lag: number,
  ) {}

  /** Sets the position header of a command's response. If other servers read the models, first waits for them unless the projection is far behind. */
  async written(reply: FastifyReply, position: bigint | undefined): Promise<void> {
    if (position === undefined) return;
    reply.header(POSITION_HEADER, position.toString());
    if (position > this.#answered) this.#answered = position;
    if (!this.models.shared) return;
    const reached = this.models.position();
    if (reached >= position) return;
    this.#drop(reached);
    this.#outstanding.push(position);
    if (this.#outstanding.length > this.lag) return;
    await new Promise<void>((done) => {
      this.#waiting.push({ position, done });
      if (!this.#watching) void this.#watch();
    });
  }

  /** Delays each request as its route declares. */
  delay(app: FastifyInstance): void {
    app.addHook('preHandler', (request, reply, done) => {
      const waited = request.is404 ? AT_ONCE : this.wanted(request, reply);
      if (waited === AT_ONCE) done();
      else waited.then(() => done(), done);
    });
  }

  /** Waits for what the route declares. Marks the response as stale on a timeout. */
  wanted(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const waits = waitsFor(request.routeOptions.config);
    if (waits === 'nothing') return AT_ONCE;
    const named = positionIn(request.headers[MIN_POSITION_HEADER]);
    const answered = this.models.shared || waits === 'position' ? NOTHING : this.#answered;
    const reached = this.models.position();
    return reached >= named && reached >= answered ? AT_ONCE : this.#await(reply, named, answered);
  }

  async #await(reply: FastifyReply, named: bigint, answered: bigint): Promise<void> {
    const own = this.models.position() >= this.#givenUp && answered > named;
    const shown = await this.models.waitFor(own ? answered : named, this.waitMs);
    if (own && !shown) this.#givenUp = answered;
    const now = this.models.position();
    if (now < named || now < answered) markStale(reply);
  }

  /** One loop waits for all requests: for the oldest position first, then for the rest. Requests that time out are released. */
  async #watch(): Promise<void> {
    this.#watching = true;
    while (this.#waiting.length > 0) {
      const waited = this.#waiting;
      this.#waiting = [];
      const oldest = waited.reduce(
        (least, { position }) => (position < least ? position : least),
        waited[0]?.position ?? 0n,
      );
      const came = await this.models.waitFor(oldest, this.waitMs).catch(() => false);
      const reached = this.models.position();
      const newer = this.#waiting;
      this.#waiting = [];
      for (const each of waited)
        if (came && each.position > reached) this.#waiting.push(each);
        else each.done();
      for (const each of newer)
        if (each.position > reached) this.#waiting.push(each);
        else each.done();
    }
    this.#watching = false;
  }

  #drop(reached: bigint): void {
    let done = 0;
    while (done < this.#outstanding.length && (this.#outstanding[done] ?? 0n) <= reached) done += 1;
    if (done > 0) this.#outstanding.splice(0, done);
    if (this.#outstanding.length > 2 * this.lag)
      this.#outstanding.splice(0, this.#outstanding.length - this.lag - 1);
  }
}

function positionIn(header: string | string[] | undefined): bigint {
  if (header === undefined) return NOTHING;
  if (typeof header === 'string' && POSITION.test(header)) return BigInt(header);
  throw new MusterError('MUSTER_E_INVALID', {
    field: 'X-Muster-Min-Position',
    problem: 'must be a position: a whole decimal number',
  });
}

export function markStale(reply: FastifyReply): void {
  reply.header(STALE_HEADER, 'true');
}
