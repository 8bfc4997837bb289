import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { MusterError } from '#domain/errors/index.js';
import type { ReadModels } from '#domain/ports/read-models.js';
import { MIN_POSITION_HEADER, POSITION_HEADER, STALE_HEADER } from '#domain/protocol/index.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** It waits for the position that its header names. */
    readonly waits?: boolean;
    /** It looks at streams alone, and at no read model: what this server has answered is there. */
    readonly streamAlone?: boolean;
  }
}

/** A position as headers name it. */
export const POSITION_PATTERN = '^\\d{1,19}$';
const POSITION = new RegExp(POSITION_PATTERN);

/** Before the first event: what is there to be shown of an empty log. */
const NOTHING = -1n;

/** There is nothing to wait for, as most often. */
const AT_ONCE = Promise.resolve();

interface Waiting {
  readonly position: bigint;
  readonly done: () => void;
}

/**
 * Keeps reads behind writes: who has been answered sees what he did. Where this server alone reads its models, its GETs wait for what it has
 * answered, so that commands need not; where others read the same ones, nobody is answered before they show it.
 */
export class Positions {
  /** Positions of this server's commands that are not projected yet, oldest first. */
  readonly #outstanding: bigint[] = [];
  #waiting: Waiting[] = [];
  #watching = false;
  /** The newest position that this server has named. */
  #answered = NOTHING;
  /** A GET has waited for it in vain: until reads show it, none waits for more. */
  #givenUp = NOTHING;

  constructor(
    private readonly models: ReadModels,
    private readonly waitMs: number,
    private readonly lag: number,
  ) {}

  /** Names the position of what a command did. Where other servers read the models it waits until they show it, unless the projection is far behind. */
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

  /** All routes of a scope look at the models, and wait for what they are to show. */
  readsBehind(scope: FastifyInstance): void {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, waits: true };
    });
    scope.addHook('preHandler', (request, reply, done) => {
      const waited = this.wanted(request, reply);
      if (waited === AT_ONCE) done();
      else waited.then(() => done(), done);
    });
  }

  /**
   * Makes a request that looks at the models wait for the position that its header names, and, unless its route looks at streams alone, for what this server has
   * answered; marks the answer when it is not reached in time.
   */
  wanted(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const named = positionIn(request.headers[MIN_POSITION_HEADER]);
    const answered = this.models.shared || request.routeOptions.config.streamAlone === true ? NOTHING : this.#answered;
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

  /** One wait for all that wait: for the oldest, then for what is left. Who waited the whole time is let go. */
  async #watch(): Promise<void> {
    this.#watching = true;
    while (this.#waiting.length > 0) {
      const waited = this.#waiting;
      this.#waiting = [];
      const oldest = waited.reduce((least, { position }) => (position < least ? position : least), waited[0]?.position ?? 0n);
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
    // What is beyond the bound says nothing more than that the lag is large.
    if (this.#outstanding.length > 2 * this.lag) this.#outstanding.splice(0, this.#outstanding.length - this.lag - 1);
  }
}

function positionIn(header: string | string[] | undefined): bigint {
  if (header === undefined) return NOTHING;
  if (typeof header === 'string' && POSITION.test(header)) return BigInt(header);
  throw new MusterError('MUSTER_E_INVALID', { field: 'X-Muster-Min-Position', problem: 'must be a position: a whole decimal number' });
}

/** The answer shows an older state than asked for, or than the rest. */
export function markStale(reply: FastifyReply): void {
  reply.header(STALE_HEADER, 'true');
}
