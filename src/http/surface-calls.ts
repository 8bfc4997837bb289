import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Aggregate, AnyEvent } from '#domain/kernel/event/index.js';
import type { Ids } from '#domain/kernel/ports/ids.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import type {
  CommandContext,
  CommandExecutor,
  ExecuteHints,
  Executed,
} from '#domain/kernel/ports/command-executor.js';
import { actorOf, ANONYMOUS, type Identity, type UserPrincipal } from '#src/accounts/index.js';
import { commandIdOf } from '#src/engine/commands/index.js';
import type { AccountQueues } from './account-queues.js';
import { pathOf } from './errors.js';
import type { Followers } from './followers.js';
import { keyOf } from './idempotency-key.js';
import { markStale, type Positions } from './positions.js';
import type { ApiLimits } from './options.js';
import { read } from './stored.js';

/** What the commands and reads of every surface use. */
export interface CallParts {
  readonly executor: CommandExecutor;
  readonly readModels: ReadModels;
  readonly identity: Pick<Identity, 'root'>;
  readonly ids: Ids;
}

/** Queues that share scarce work among accounts. `dryRuns`: one thread does them one after another. `logReads`: reads of many events, which occupy the main thread. */
export interface SurfaceQueues {
  readonly dryRuns: AccountQueues;
  readonly logReads: AccountQueues;
}

/** What every surface gets: the parts that it names, and what all surfaces share. */
export interface SurfaceHost<Parts> {
  readonly parts: Parts;
  readonly limits: ApiLimits;
  readonly positions: Positions;
  readonly followers: Followers;
  readonly queues: SurfaceQueues;
  readonly scopes: readonly string[];
  readonly adminScopes: readonly string[];
}

interface CommandTarget {
  readonly method: string;
  readonly path: string;
}

export class SurfaceCalls<Parts extends CallParts = CallParts> {
  readonly parts: Parts;
  readonly limits: ApiLimits;
  readonly positions: Positions;
  readonly followers: Followers;
  readonly queues: SurfaceQueues;

  constructor(
    readonly name: string,
    { parts, limits, positions, followers, queues }: SurfaceHost<Parts>,
  ) {
    this.parts = parts;
    this.limits = limits;
    this.positions = positions;
    this.followers = followers;
    this.queues = queues;
  }

  /**
   * Creates the command context. Call it once per request. The body's digest is keyed, so readers of the log cannot use it to guess secrets. A
   * preview passes the method and path of the request that it previews. Throws `MUSTER_E_INVALID` if the `Idempotency-Key` is malformed.
   */
  context(
    request: FastifyRequest,
    actor = actorOf(request.principal),
    { method, path }: CommandTarget = { method: request.method, path: pathOf(request.url) },
  ): CommandContext {
    const { ids, identity } = this.parts;
    const key = keyOf(request);
    const commandId =
      key === undefined
        ? ids.uuid()
        : commandIdOf({
            surface: this.name,
            principal: keyHolder(request, actor),
            method,
            path,
            idempotencyKey: key,
          });
    const bodyDigest =
      key === undefined
        ? ''
        : identity.root.digest('body-digests', JSON.stringify(request.body ?? null)).toString('hex');
    const { logBytesRefusal: refusal, principal } = request;
    return {
      commandId,
      causationId: commandId,
      correlationId: request.id,
      actor,
      apiKey: principal.kind === 'user' ? principal.apiKeyId : undefined,
      surface: this.name,
      repeatable: key !== undefined,
      bodyDigest,
      refusal,
    };
  }

  account({ principal }: FastifyRequest): UserPrincipal {
    if (principal.kind !== 'user') throw new Error('a route for accounts was called without an account');
    return principal;
  }

  /** Executes a command and sets the position header. If the read models are shared, waits for them. */
  async execute<Command, Event extends AnyEvent, State>(
    reply: FastifyReply,
    aggregate: Aggregate<Command, Event, State>,
    id: string,
    command: Command,
    context: CommandContext,
    hints?: ExecuteHints<Command, State>,
  ): Promise<Executed<Event, State>> {
    const executed = await this.parts.executor.execute(aggregate, id, command, context, hints);
    await this.written(reply, executed.position);
    return executed;
  }

  /**
   * If this request repeats a command on the stream, returns the result of its first execution and sets the position header. A route that looks up
   * the object that it removes or renames must call this first, because that lookup would fail on a repeat.
   */
  async repeats<Command, Event extends AnyEvent, State>(
    reply: FastifyReply,
    aggregate: Aggregate<Command, Event, State>,
    id: string,
    context: CommandContext,
  ): Promise<Executed<Event, State> | undefined> {
    const executed = await this.parts.executor.repeated(aggregate, id, context);
    if (executed !== undefined) await this.written(reply, executed.position);
    return executed;
  }

  async written(reply: FastifyReply, position: bigint | undefined): Promise<void> {
    await this.positions.written(reply, position);
  }

  /** Returns a document, or undefined if there is none. If the document is parked, marks the response as stale. */
  async document<Document>(reply: FastifyReply, model: string, id: string): Promise<Document | undefined> {
    const stored = await this.parts.readModels.get(model, id);
    if (stored === undefined) return undefined;
    if (stored.parked) markStale(reply);
    return read<Document>(stored);
  }
}

/** Returns the principal to whom an `Idempotency-Key` belongs. All operators on this machine share theirs. */
function keyHolder({ principal }: FastifyRequest, actor: string): string {
  return principal.kind === 'anonymous' && actor === actorOf(principal) ? actorOf(ANONYMOUS) : actor;
}
