import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { OPERATOR } from '#domain/accounts/user/index.js';
import { actorName, shortKey, withKey } from '#domain/explain/actor.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import { users, type UserDocument } from '#projections/accounts/users.js';
import { hosts, type HostDocument } from '#projections/nodes/hosts.js';
import {
  accountActor,
  OPERATOR_ACCOUNT,
  openedOrMarked,
  PURPOSE,
  type Identity,
} from '#src/accounts/index.js';
import { read } from '#src/http/index.js';
import { VisibleObjects, type Actor, type VisibilityParts } from './visible-objects.js';

export interface NamingParts {
  readonly readModels: Pick<ReadModels, 'get'>;
  readonly identity: Pick<Identity, 'users' | 'sealer'>;
}

const ACCOUNT = 'user:';
const NODE = 'node:';

/** The field of a response that holds what {@link ActorNames} returns. */
export const nameOfActor = z
  .string()
  .nullable()
  .meta({
    description:
      'Name of the actor: the username of an account, the host name of a node, or the name of a component. If an account used an API key, with its name, or with the start of its id if it was revoked. Null if the actor is not known',
    examples: ['alice', 'alice (key ci)'],
  });

/** An account in a sentence about events, in the form that `actorText` writes. */
const ACCOUNT_IN_TEXT = /\baccount ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b/g;

/** Opens the sealed name of an account. Returns its id if it was erased, and undefined if the read models do not include it yet. */
export async function accountName(
  { readModels, identity }: NamingParts,
  id: string,
): Promise<string | undefined> {
  if (id === OPERATOR.userId) return OPERATOR_ACCOUNT.username;
  const stored = await readModels.get(users.name, id);
  if (stored === undefined) return undefined;
  const { erased, username } = read<UserDocument>(stored);
  return erased ? id : await openedOrMarked(identity.sealer, username, PURPOSE.username);
}

/** Names of the actors that one response mentions: accounts with their API keys, nodes and components. Each account and node is read once. */
export class ActorNames {
  readonly #names = new Map<string, Promise<string | undefined>>();
  readonly #hosts = new Map<string, Promise<string | undefined>>();
  readonly #states = new Map<string, ReturnType<NamingParts['identity']['users']['state']>>();

  constructor(private readonly parts: NamingParts) {}

  /** Returns `alice`, `alice (key ci)`, `node vm-3` or `scheduler`. If an actor has no name, for example an erased account, returns its id. Null if the actor is not known. */
  async of({ actor, apiKey }: Actor): Promise<string | null> {
    if (actor === undefined) return null;
    if (actor.startsWith(NODE)) {
      const host = await this.#host(actor.slice(NODE.length));
      return actorName(host === undefined ? actor : `${NODE}${host}`);
    }
    if (!actor.startsWith(ACCOUNT)) return actorName(actor);
    const id = actor.slice(ACCOUNT.length);
    const name = await this.#name(id);
    return withKey(
      actorName(actor, name === id ? undefined : name),
      apiKey === undefined ? undefined : await this.#keyName(id, apiKey),
    );
  }

  /** Replaces account ids in a sentence with names. */
  async inText(text: string): Promise<string> {
    const ids = new Set([...text.matchAll(ACCOUNT_IN_TEXT)].map(([, id]) => id!));
    const names = new Map<string, string>();
    for (const id of ids) names.set(id, (await this.#name(id)) ?? id);
    return text.replace(ACCOUNT_IN_TEXT, (_, id: string) => `account ${names.get(id)!}`);
  }

  /** Returns the start of its id if the key was revoked. */
  async #keyName(account: string, id: string): Promise<string> {
    const { users, sealer } = this.parts.identity;
    const known = this.#states.get(account) ?? users.state(account);
    this.#states.set(account, known);
    const state = await known;
    const key = state.kind === 'present' ? state.apiKeys.get(id) : undefined;
    return key === undefined ? shortKey(id) : await openedOrMarked(sealer, key.name, PURPOSE.apiKeyName);
  }

  #host(id: string): Promise<string | undefined> {
    const known = this.#hosts.get(id) ?? this.#readHost(id);
    this.#hosts.set(id, known);
    return known;
  }

  async #readHost(id: string): Promise<string | undefined> {
    const stored = await this.parts.readModels.get(hosts.name, id);
    return stored === undefined ? undefined : read<HostDocument>(stored).hostname;
  }

  #name(id: string): Promise<string | undefined> {
    const known = this.#names.get(id) ?? accountName(this.parts, id);
    this.#names.set(id, known);
    return known;
  }
}

/** Who did something, as the caller may see it. Both are null if that is not known. */
export interface VisibleActor {
  readonly actor: string | null;
  readonly name: string | null;
}

/** Shows the actors of one response. One that the caller may not see is shown as the operator. */
export class VisibleActors {
  readonly #visible: VisibleObjects;
  readonly #names: ActorNames;

  constructor(parts: NamingParts & VisibilityParts, request: FastifyRequest) {
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
