import type { ListOptions, ReadModels, StoredDocument } from '#domain/kernel/ports/read-models.js';

const AT_ONCE = 200;

/**
 * Yields documents in order, for a caller that selects some and stops early. Reads limited pages, because as of a moment an unlimited list of a long
 * model is refused. `wanted` is undefined if the caller needs all documents.
 */
export async function* inPages(
  readModels: Pick<ReadModels, 'list'>,
  model: string,
  { after: first, ...options }: Pick<ListOptions, 'where' | 'after'>,
  wanted: number | undefined,
): AsyncGenerator<readonly StoredDocument[]> {
  if (wanted === undefined) {
    yield* readModels.list(model, { ...options, ...(first !== undefined && { after: first }) });
    return;
  }
  for (let after = first, full = true; full;) {
    let count = 0;
    for await (const page of readModels.list(model, {
      ...options,
      ...(after !== undefined && { after }),
      limit: AT_ONCE,
    })) {
      yield page;
      count += page.length;
      after = page.at(-1)?.id ?? after;
    }
    full = count === AT_ONCE;
  }
}

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
