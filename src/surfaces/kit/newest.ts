import type { ListOptions, ReadModels, StoredDocument } from '#domain/kernel/ports/read-models.js';

const AT_ONCE = 200;

/** Yields the newest documents of an index page by page, newest first. `before`: only older ones than this. */
export async function* newestFirst(
  readModels: Pick<ReadModels, 'list'>,
  model: string,
  where: NonNullable<ListOptions['where']>,
  limit: number,
  before?: string,
): AsyncGenerator<StoredDocument> {
  let after = before;
  for (let left = limit; left > 0;) {
    const wanted = Math.min(AT_ONCE, left);
    let count = 0;
    for await (const page of readModels.list(model, {
      where,
      newest: true,
      limit: wanted,
      ...(after !== undefined && { after }),
    }))
      for (const stored of page) {
        yield stored;
        after = stored.id;
        count += 1;
      }
    if (count < wanted) return;
    left -= count;
  }
}
