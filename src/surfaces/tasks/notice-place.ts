import { isMusterError } from '#domain/errors/index.js';
import { tenantSubject } from '#domain/sealing/index.js';
import type { NoticePlace } from '#domain/task/index.js';
import type { Sealer } from '#src/engine/sealing/index.js';

/** What the URL of a hook is sealed as. */
const PURPOSE = 'notice-url';

/** A URL as events and documents hold it. */
export async function sealPlace(sealer: Pick<Sealer, 'seal'>, tenantId: string, url: string): Promise<NoticePlace> {
  return { origin: new URL(url).origin, sealedUrl: await sealer.seal(tenantSubject(tenantId), PURPOSE, url) };
}

/** The URL; undefined: what opens it is gone. */
export async function openPlace(sealer: Pick<Sealer, 'open'>, place: NoticePlace): Promise<string | undefined> {
  if ('url' in place) return place.url;
  try {
    return await sealer.open(place.sealedUrl, PURPOSE);
  } catch (error) {
    // The tenant may have been given another key since: what its former one sealed is as good as erased, and no list breaks for it.
    if (isMusterError(error, 'MUSTER_E_STORE_CORRUPT')) return undefined;
    throw error;
  }
}

/** Who is told, as far as it is to be seen: hooks are opened by their path. `url`: undefined where it is not, or cannot be any more. */
export function shownUrl(place: NoticePlace, url: string | undefined): string {
  return url ?? `${'url' in place ? new URL(place.url).origin : place.origin}/***`;
}
