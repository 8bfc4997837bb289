import { isMusterError } from '#domain/kernel/errors/index.js';
import { tenantSubject } from '#domain/kernel/sealing/index.js';
import type { NotificationTarget } from '#domain/tasks/task/index.js';
import type { Sealer } from '#src/engine/sealing/index.js';

const PURPOSE = 'notice-url';

export async function sealPlace(
  sealer: Pick<Sealer, 'seal'>,
  tenantId: string,
  url: string,
): Promise<NotificationTarget> {
  return { origin: new URL(url).origin, sealedUrl: await sealer.seal(tenantSubject(tenantId), PURPOSE, url) };
}

/** Returns the URL, or undefined if its key no longer exists. */
export async function openPlace(
  sealer: Pick<Sealer, 'open'>,
  place: NotificationTarget,
): Promise<string | undefined> {
  try {
    return await sealer.open(place.sealedUrl, PURPOSE);
  } catch (error) {
    // The tenant may have a new key. The old URL then counts as erased, and must not break lists.
    if (isMusterError(error, 'MUSTER_E_STORE_CORRUPT')) return undefined;
    throw error;
  }
}

/** Returns a URL for display. Unless `url` is given, the path is hidden, because it authorizes calls to webhooks. */
export function shownUrl({ origin }: Pick<NotificationTarget, 'origin'>, url: string | undefined): string {
  return url ?? `${origin}/***`;
}
