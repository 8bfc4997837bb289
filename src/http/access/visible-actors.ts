import type { FastifyRequest } from 'fastify';
import { OPERATOR } from '#domain/accounts/user/index.js';
import { accountActor } from '#src/accounts/index.js';
import type { ApiDependencies } from '../dependencies.js';
import { ActorNames, type Actor } from './account-names.js';
import { VisibleObjects } from './visible-objects.js';

/** Who did something, as the caller may see it. Both are null if that is not known. */
export interface VisibleActor {
  readonly actor: string | null;
  readonly name: string | null;
}

/** Shows the actors of one response. One that the caller may not see is shown as the operator. */
export class VisibleActors {
  readonly #visible: VisibleObjects;
  readonly #names: ActorNames;

  constructor(parts: ApiDependencies, request: FastifyRequest) {
    this.#visible = new VisibleObjects(parts, request);
    this.#names = new ActorNames(parts);
  }

  /** Returns the name of an account, or of the operator's keys, by its id, with the API key that it used. */
  async nameOf(account: string, apiKey: string | undefined): Promise<string | null> {
    const actor = account === OPERATOR.userId ? account : accountActor(account);
    return (await this.of({ actor, ...(apiKey !== undefined && { apiKey }) })).name;
  }

  async of(recorded: Actor): Promise<VisibleActor> {
    const actor = await this.#visible.showActor(recorded);
    return { actor: actor.actor ?? null, name: await this.#names.of(actor) };
  }
}
