import type { Binary, Db } from 'mongodb';
import { COLLECTIONS } from './schema.js';

export interface Present {
  readonly name: string;
  /** Id, which does not change when the collection is renamed. FerretDB returns it as text. Null if the server does not assign ids. */
  readonly uuid: string | null;
}

export async function collectionsOf(db: Db, name?: string): Promise<readonly Present[]> {
  const collections = await db.listCollections(name === undefined ? {} : { name }).toArray();
  return collections
    .filter(({ name }) => name.startsWith(COLLECTIONS.documents))
    .map(({ name, ...more }) => ({
      name,
      uuid:
        'info' in more ? ((more.info as { uuid?: Binary } | undefined)?.uuid?.toString('hex') ?? null) : null,
    }));
}
