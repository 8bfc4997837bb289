import { OPERATOR } from '#domain/accounts/user/index.js';
import { shortKey, withKey } from '#domain/explain/index.js';
import type { EventMetadata } from '#domain/kernel/event/index.js';
import { users, type UserDocument } from '#projections/accounts/users.js';
import { OPERATOR_ACCOUNT, openedOrMarked, PURPOSE } from '#src/accounts/index.js';
import type { SurfaceHost } from '../surface.js';
import { read } from '../stored.js';

type Parts = Pick<SurfaceHost['parts'], 'readModels' | 'identity'>;

const ACCOUNT = 'user:';
/** An account in a sentence about events, in the form that `actorText` writes. */
const ACCOUNT_IN_TEXT = /\baccount ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b/g;

/** Opens the sealed name of an account. Returns its id if it was erased, and undefined if the read models do not include it yet. */
export async function accountName({ readModels, identity }: Parts, id: string): Promise<string | undefined> {
  if (id === OPERATOR.userId) return OPERATOR_ACCOUNT.username;
  const stored = await readModels.get(users.name, id);
  if (stored === undefined) return undefined;
  const { erased, username } = read<UserDocument>(stored);
  return erased ? id : await openedOrMarked(identity.sealer, username, PURPOSE.username);
}

/** Names of the accounts, and of their API keys, that one response mentions. Each account is read once. */
export class ActorNames {
  readonly #names = new Map<string, Promise<string | undefined>>();
  readonly #states = new Map<string, ReturnType<Parts['identity']['users']['state']>>();

  constructor(private readonly parts: Parts) {}

  /** Returns null for actors that are not accounts, and for accounts without a name. An API key that was used is named too, as `alice (key ci)`. */
  async of({ actor, apiKey }: Pick<EventMetadata, 'actor' | 'apiKey'>): Promise<string | null> {
    if (actor?.startsWith(ACCOUNT) !== true) return null;
    const id = actor.slice(ACCOUNT.length);
    const name = await this.#name(id);
    if (name === undefined || name === id) return null;
    return withKey(name, apiKey === undefined ? undefined : await this.#keyName(id, apiKey));
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

  #name(id: string): Promise<string | undefined> {
    const known = this.#names.get(id) ?? accountName(this.parts, id);
    this.#names.set(id, known);
    return known;
  }
}
