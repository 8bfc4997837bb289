import type { RootKey } from '#src/engine/sealing/index.js';

/** Returns an address's pseudonym for events: deterministic, but nobody can test addresses against it without the data key. */
export function addressDigestOf(root: RootKey, address: string): string {
  return root.digest('addresses', address).toString('base64url').slice(0, 22);
}
