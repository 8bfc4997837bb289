const ACTORS: Readonly<Record<string, string>> = {
  anonymous: 'an anonymous caller',
  operator: 'an operator',
  'operator-key': 'an operator',
  'saga:scheduler': 'the scheduler',
};

/**
 * Names the actor for a column of a list, without an article.
 * @param username of the account, if the actor is one and its name is known
 */
export function actorName(actor: string | null | undefined, username?: string | null): string {
  if (username !== undefined && username !== null) return username;
  if (actor === null || actor === undefined) return '-';
  return actorText(actor).replace(/^(?:an?|the) /, '');
}

/** Names an account together with the API key that it used, if it used one. */
export function withKey(account: string, key: string | undefined): string {
  return key === undefined ? account : `${account} (key ${key})`;
}

const SHORT_KEY = 8;

/** Stands for an API key whose name is not known. */
export function shortKey(id: string): string {
  return id.slice(0, SHORT_KEY);
}

export function actorText(actor: string | undefined): string {
  if (actor === undefined) return 'unknown';
  const [kind, ...rest] = actor.split(':');
  const name = rest.join(':');
  if (kind === 'user') return `account ${name}`;
  if (kind === 'node') return `node ${name}`;
  if (kind === 'local') return `local ${name}`;
  return ACTORS[actor] ?? (kind === 'saga' ? `Muster (${name})` : actor);
}
