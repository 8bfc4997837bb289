import t from 'tap';
import type { ListOptions, StoredDocument } from '#domain/kernel/ports/read-models.js';
import { newestFirst } from '#src/http/newest.js';

/** A stand-in for read models, which have a contract suite of their own. */
function models(count: number) {
  const all = Array.from({ length: count }, (_, index): StoredDocument => ({
    id: String(count - index),
    created: BigInt(count - index),
    json: '{}',
    parked: false,
  }));
  const asked: number[] = [];
  return {
    asked,
    async *list(
      _model: string,
      { after, limit = 0, newest }: ListOptions = {},
    ): AsyncGenerator<readonly StoredDocument[]> {
      t.equal(newest, true);
      asked.push(limit);
      const first = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
      yield await Promise.resolve(all.slice(first, first + Math.min(limit, 200)));
    },
  };
}

void t.test(
  'reads the newest documents in pages, up to a limit or starting after a given document',
  async (t) => {
    const ids = async (
      count: number,
      limit: number,
      before?: string,
    ): Promise<{ readonly ids: string[]; readonly asked: readonly number[] }> => {
      const of = models(count);
      const found: string[] = [];
      for await (const { id } of newestFirst(of, 'm', { index: 'i', value: 'v' }, limit, before))
        found.push(id);
      return { ids: found, asked: of.asked };
    };
    const down = (from: number, count: number): string[] =>
      Array.from({ length: count }, (_, index) => String(from - index));
    t.same(await ids(450, 1000), { ids: down(450, 450), asked: [200, 200, 200] });
    t.same(await ids(450, 401), { ids: down(450, 401), asked: [200, 200, 1] });
    t.same(await ids(450, 400), { ids: down(450, 400), asked: [200, 200] });
    t.same(await ids(450, 2, '201'), { ids: ['200', '199'], asked: [2] });
    t.same(await ids(0, 5), { ids: [], asked: [5] });
  },
);
