const UUID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

export function isUuid(id: string): boolean {
  return UUID.test(id);
}

/** Returns the first block of a UUID, which is enough to tell objects apart. */
export function short(id: string): string {
  return isUuid(id) ? id.slice(0, 8) : id;
}
