import type { Binary, Db } from 'mongodb';
import { DOCUMENTS } from './schema.js';

/** A collection that the server has. */
export interface Present {
  readonly name: string;
  readonly uuid: Binary | null;
}

/** Every collection of documents, or the one of that name, and the server's identity of it. */
export async function collectionsOf(db: Db, name?: string): Promise<readonly Present[]> {
  const collections = await db.listCollections(name === undefined ? {} : { name }).toArray();
  return collections
    .filter(({ name }) => name.startsWith(DOCUMENTS))
    .map(({ name, ...more }) => ({ name, uuid: 'info' in more ? ((more.info as { uuid?: Binary } | undefined)?.uuid ?? null) : null }));
}

/** Whether it is the collection of that identity, which the server keeps over every change of its name. FerretDB says it as a text. */
export function isThat({ uuid }: Present, identity: Binary): boolean {
  return uuid?.toString('hex') === identity.toString('hex');
}
