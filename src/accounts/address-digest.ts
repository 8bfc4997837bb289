import type { RootKey } from '#src/engine/sealing/index.js';

/** An address as events name it: the same for the same one, and nobody can try addresses against it without the data key. */
export function addressDigestOf(root: RootKey, address: string): string {
  return root.digest('addresses', address).toString('base64url').slice(0, 22);
}
