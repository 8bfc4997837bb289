import type { RootKey } from '#src/engine/sealing/index.js';

/** Returns a pseudonym for an address. It can only be computed with the data key. */
export function addressDigestOf(root: RootKey, address: string): string {
  return root.digest('addresses', address).toString('base64url').slice(0, 22);
}
