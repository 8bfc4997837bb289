import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Aggregate, AnyEvent } from '#domain/event/index.js';
import { actorOf, type UserPrincipal } from '#src/accounts/index.js';
import { commandIdOf, type CommandContext, type ExecuteHints, type Executed } from '#src/engine/commands/index.js';
import { pathOf } from './errors.js';
import { keyOf } from './idempotency-key.js';
import { markStale } from './positions.js';
import { read } from './stored.js';
import type { SurfaceHost } from './surface.js';

/** Which command a key is for. */
interface Asked {
  readonly method: string;
  readonly path: string;
}

/** What the routes of every surface do: commands that say who asks for what, answers that name their position, documents of read models. */
export class SurfaceCalls {
  readonly parts: SurfaceHost['parts'];
  readonly limits: SurfaceHost['limits'];
  readonly positions: SurfaceHost['positions'];
  readonly followers: SurfaceHost['followers'];
  readonly quotas: SurfaceHost['quotas'];

  /** @param name the surface's, as in its declaration. */
  constructor(
    readonly name: string,
    { parts, limits, positions, followers, quotas }: SurfaceHost,
  ) {
    this.parts = parts;
    this.limits = limits;
    this.positions = positions;
    this.followers = followers;
    this.quotas = quotas;
  }

  /**
   * Who asks for what: made once a request. The body's digest is a keyed one: of a body that holds a secret a plain one would let
   * everybody try secrets against the log. `asked`: the request that it stands for, where that is another one. Throws `MUSTER_E_INVALID` for a malformed `Idempotency-Key`.
   */
  context(
    request: FastifyRequest,
    actor = actorOf(request.principal),
    { method, path }: Asked = { method: request.method, path: pathOf(request.url) },
  ): CommandContext {
    const { ids, identity } = this.parts;
    const key = keyOf(request);
    const commandId = key === undefined ? ids.uuid() : commandIdOf({ surface: this.name, principal: actor, method, path, idempotencyKey: key });
    const bodyDigest = key === undefined ? '' : identity.root.digest('body-digests', JSON.stringify(request.body ?? null)).toString('hex');
    return { commandId, causationId: commandId, correlationId: request.id, actor, surface: this.name, repeatable: key !== undefined, bodyDigest };
  }

  /** Who calls, behind a policy that lets in accounts only. */
  account({ principal }: FastifyRequest): UserPrincipal {
    if (principal.kind !== 'user') throw new Error('a route for accounts was reached by somebody else');
    return principal;
  }

  /** Carries a command out, and names its position; where others read the models too, it waits until these show it. */
  async execute<Command, Event extends AnyEvent, State>(
    reply: FastifyReply,
    aggregate: Aggregate<Command, Event, State>,
    id: string,
    command: Command,
    context: CommandContext,
    hints?: ExecuteHints,
  ): Promise<Executed<Event, State>> {
    const executed = await this.parts.executor.execute(aggregate, id, command, context, hints);
    await this.written(reply, executed.position);
    return executed;
  }

  /**
   * Whether the request repeats a command that this stream has carried out; the answer then names its position. A route that looks for what it
   * removes or renames asks this first, so that a repeat has the answer of the first time.
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

  /** Names the position of what a command did, and waits for reads where others read the models too. */
  async written(reply: FastifyReply, position: bigint | undefined): Promise<void> {
    await this.positions.written(reply, position);
  }

  /** A document of a read model that every caller may see, or undefined; the answer is marked where it is parked. */
  async document<Document>(reply: FastifyReply, model: string, id: string): Promise<Document | undefined> {
    const stored = await this.parts.readModels.get(model, id);
    if (stored === undefined) return undefined;
    if (stored.parked) markStale(reply);
    return read<Document>(stored);
  }
}
