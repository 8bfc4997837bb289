import type { Binary, Db } from 'mongodb';
import { DOCUMENTS } from './schema.js';

export interface Present {
  readonly name: string;
  readonly uuid: Binary | null;
}

export async function collectionsOf(db: Db, name?: string): Promise<readonly Present[]> {
  const collections = await db.listCollections(name === undefined ? {} : { name }).toArray();
  return collections
    .filter(({ name }) => name.startsWith(DOCUMENTS))
    .map(({ name, ...more }) => ({
      name,
      uuid: 'info' in more ? ((more.info as { uuid?: Binary } | undefined)?.uuid ?? null) : null,
    }));
}

/** Returns whether the collection has this id, which does not change when it is renamed. FerretDB returns the id as text. */
export function isThat({ uuid }: Present, identity: Binary): boolean {
  return uuid?.toString('hex') === identity.toString('hex');
}
