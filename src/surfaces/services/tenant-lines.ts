import type { ReadModels } from '#domain/ports/read-models.js';
import { read, type ListItem } from '#src/surfaces/kit/index.js';

interface TenantList<Document> {
  /** Name of the read model, which has an index `tenant`. */
  readonly model: string;
  readonly tenantId: string;
  readonly page: { readonly after?: string | undefined; readonly limit?: number | undefined };
  /** Whether it is one that was asked for. Absent: each is. */
  fits?(document: Document): boolean;
  /** What is shown of it. */
  view(document: Document): unknown | Promise<unknown>;
}

/** One page of what a tenant has, and how much there is in all. */
export class TenantLines<Document> {
  /** Those that fit what was asked, on whatever page; counted once the list has come to its end. */
  total = 0;

  constructor(private readonly list: TenantList<Document>) {}

  async *of(readModels: Pick<ReadModels, 'list'>): AsyncGenerator<ListItem> {
    const { model, tenantId, page, fits, view } = this.list;
    const { after, limit = Number.POSITIVE_INFINITY } = page;
    let [begun, count] = [after === undefined, 0];
    for await (const documents of readModels.list(model, { where: { index: 'tenant', value: tenantId } })) {
      for (const stored of documents) {
        const document = read<Document>(stored);
        const fitting = fits?.(document) ?? true;
        if (fitting) this.total += 1;
        if (fitting && begun && count < limit) {
          count += 1;
          yield { json: JSON.stringify(await view(document)), stale: stored.parked };
        }
        begun ||= stored.id === after;
      }
    }
  }
}
