import type { ReadModels, StoredDocument } from '#domain/kernel/ports/read-models.js';
import type { ListItem } from '#src/http/index.js';

interface Line {
  readonly fits: boolean;
  json(): string | Promise<string>;
}

interface TenantList {
  readonly model: string;
  /** Undefined for all tenants. */
  readonly tenantId: string | undefined;
  readonly page: { readonly after?: string | undefined; readonly limit?: number | undefined };
  line(stored: StoredDocument): Line;
}

export class TenantLines {
  total = 0;

  constructor(private readonly list: TenantList) {}

  async *of(readModels: Pick<ReadModels, 'list'>): AsyncGenerator<ListItem> {
    const { model, tenantId, page } = this.list;
    const { after, limit = Number.POSITIVE_INFINITY } = page;
    let [begun, count] = [after === undefined, 0];
    const where = tenantId === undefined ? {} : { where: { index: 'tenant', value: tenantId } };
    for await (const documents of readModels.list(model, where)) {
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
