import type { Logger } from 'pino';
import { NodeDocuments } from '#src/fleet/nodes/index.js';
import type { DocumentHost, LoadedSurface } from '#src/http/index.js';

export function documentsOf(
  surfaces: readonly LoadedSurface[],
  host: DocumentHost,
  logger: Pick<Logger, 'error'>,
): NodeDocuments {
  return new NodeDocuments(
    surfaces.flatMap(({ served }) => served.documents?.(host) ?? []),
    logger,
  );
}
