import { isOpenEventStore } from '#src/stores/eventstoredb/index.js';
import { isOpenMongo } from '#src/stores/mongodb/index.js';
import type { ServerHost } from '../host/server-host.js';
import type { EventLogSettings } from '../event-log/settings.js';
import type { ReadSideSettings } from '../read-side/settings.js';

type StoreSettings = Pick<EventLogSettings & ReadSideSettings, 'eventStoreUrl' | 'mongodbUrl'>;

/** Pause after an attempt that no store answered, in milliseconds. */
const RETRY_MS = 60_000;

/**
 * Finds out once, in the background, whether each store accepts clients without credentials. Processes and containers of tenants reach what their
 * nodes reach, so they could then read and change everything. Readiness says so; nothing is refused. NATS is tried with each connection to it.
 */
export function watchOpenStores(host: ServerHost, { eventStoreUrl, mongodbUrl }: StoreSettings): void {
  const stores = [
    ...(eventStoreUrl === undefined
      ? []
      : [{ name: 'EventStoreDB', ask: () => isOpenEventStore(eventStoreUrl) }]),
    ...(mongodbUrl === undefined ? [] : [{ name: 'MongoDB', ask: () => isOpenMongo(mongodbUrl) }]),
  ];
  if (stores.length === 0) return;
  const life = new AbortController();
  host.onClose('open-stores', () => life.abort());
  const open: string[] = [];
  const find = async ({ name, ask }: (typeof stores)[number]): Promise<void> => {
    const known = async (): Promise<boolean | undefined> =>
      await ask().catch((error: unknown) => {
        host.log.warn({ code: 'open-stores.not-tried', store: name, err: error });
        return undefined;
      });
    let isOpen = await known();
    while (isOpen === undefined && !life.signal.aborted) {
      await host.clock.sleep(RETRY_MS, life.signal);
      isOpen = await known();
    }
    if (isOpen === true) open.push(name);
  };
  void Promise.all(stores.map(find));
  host.check(() => ({ name: 'store-credentials', vital: false, ok: open.length === 0, ...detailOf(open) }));
}

function detailOf(open: readonly string[]): { readonly detail?: string } {
  if (open.length === 0) return {};
  return {
    detail: `${open.join(' and ')} accepted a client without credentials: whatever reaches it, such as a task of a tenant, can read and change everything; require a user and password there, or keep nodes away from it`,
  };
}
