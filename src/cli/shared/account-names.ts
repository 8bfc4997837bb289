import { bodyOf, unlessForbidden, type Api } from './client.js';

/** Usernames by account id, and names of the caller's own API keys by their ids. They are read once, and only if an account is shown. */
export class AccountNames {
  #names: Promise<ReadonlyMap<string, string>> | undefined;

  constructor(private readonly api: Api) {}

  /** Returns a function that returns the name of an account or API key, or undefined if the caller may not see it. */
  async lookup(): Promise<(id: string) => string | undefined> {
    const names = await (this.#names ??= this.#read());
    return (id) => names.get(id);
  }

  /** Only administrators may list accounts. Others see their own name, and ids. */
  async #read(): Promise<ReadonlyMap<string, string>> {
    const keys = (await unlessForbidden(bodyOf(this.api.GET('/api/auth/api-keys'))))?.api_keys ?? [];
    const named = keys.map(({ id, name }) => [id, name] as const);
    const listed = await unlessForbidden(bodyOf(this.api.GET('/api/auth/users')));
    if (listed !== undefined)
      return new Map([...named, ...listed.users.map(({ id, username }) => [id, username] as const)]);
    const own = await unlessForbidden(bodyOf(this.api.GET('/api/auth/me')));
    return new Map(own === undefined ? named : [...named, [own.id, own.username]]);
  }
}
