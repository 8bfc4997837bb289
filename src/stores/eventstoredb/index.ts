import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { EsdbEventStore, EsdbEventStoreOptions } from './open.js';

export type { EsdbEventStore } from './open.js';
export { hostsIn, problemsOfStoreUrl } from './store-url.js';

export async function openEsdbEventStore(options: EsdbEventStoreOptions): Promise<EsdbEventStore> {
  const { openEsdbEventStore: open } = await import('./open.js');
  return await open(options);
}

export async function openEsdbForImport(options: EsdbEventStoreOptions): Promise<EventStore> {
  const { openEsdbForImport: open } = await import('./open.js');
  return await open(options);
}

/** Returns whether the store at this URL lets clients read without credentials, or undefined if it does not answer. */
export async function isOpenEventStore(url: string): Promise<boolean | undefined> {
  const [{ isOpenToAnybody }, { parseStoreUrl }] = await Promise.all([
    import('./about.js'),
    import('./store-url.js'),
  ]);
  return await isOpenToAnybody(parseStoreUrl(url));
}
