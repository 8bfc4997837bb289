import type { ReadModels, StoredDocument } from '#domain/ports/read-models.js';
import type { ListItem } from '#src/surfaces/kit/index.js';

/** What a document comes to in a list. */
interface Line {
  /** Whether it is one that was asked for. */
  readonly fits: boolean;
  /** What is shown of it, as JSON text. */
  json(): string | Promise<string>;
}

interface TenantList {
  /** Name of the read model, which has an index `tenant`. */
  readonly model: string;
  readonly tenantId: string;
  readonly page: { readonly after?: string | undefined; readonly limit?: number | undefined };
  line(stored: StoredDocument): Line;
}

/** One page of what a tenant has, and how much there is in all. */
export class TenantLines {
  /** Those that fit what was asked, on whatever page; counted once the list has come to its end. */
  total = 0;

  constructor(private readonly list: TenantList) {}

  async *of(readModels: Pick<ReadModels, 'list'>): AsyncGenerator<ListItem> {
    const { model, tenantId, page } = this.list;
    const { after, limit = Number.POSITIVE_INFINITY } = page;
    let [begun, count] = [after === undefined, 0];
    for await (const documents of readModels.list(model, { where: { index: 'tenant', value: tenantId } })) {
      for (const stored of documents) {
        const line = this.list.line(stored);
        if (line.fits) this.total += 1;
        if (line.fits && begun && count < limit) {
          count += 1;
          yield { json: await line.json(), stale: stored.parked };
        }
        begun ||= stored.id === after;
      }
    }
  }
}
