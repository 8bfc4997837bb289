const UUID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

export function isUuid(id: string): boolean {
  return UUID.test(id);
}

/** Returns the first block of a UUID, which is enough to tell objects apart. */
export function short(id: string): string {
  return isUuid(id) ? id.slice(0, 8) : id;
}

/** Returns an actor for texts that cannot hold links: an account, also as `user:` and its id, in short, or the name of a component. */
export function shortActor(id: string): string {
  return short(id.replace(/^user:/, ''));
}
