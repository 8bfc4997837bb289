import { LRUCache } from 'lru-cache';
import { accountName } from '#src/features/visibility/index.js';
import type { ConsoleParts } from './parts.js';
import type { Tables } from './tables/tables.js';

/** Maximum time in milliseconds until an erased account's name disappears. */
const REMEMBERED_MS = 10_000;
const REMEMBERED = 20_000;

/** Display names of accounts (stored sealed) and of nodes. */
export class Names {
  readonly #accounts = new LRUCache<string, string>({ max: REMEMBERED, ttl: REMEMBERED_MS });

  constructor(
    private readonly parts: Pick<ConsoleParts, 'readModels' | 'identity'>,
    private readonly tables: Tables,
  ) {}

  /** Opens the names of accounts and returns them by id. If a name is unknown, the id is used instead. */
  async open(ids: Iterable<string>): Promise<ReadonlyMap<string, string>> {
    const names = new Map<string, string>();
    for (const id of ids) {
      if (names.has(id)) continue;
      names.set(id, (await this.#account(id)) ?? id);
    }
    return names;
  }

  async #account(id: string): Promise<string | undefined> {
    const remembered = this.#accounts.get(id);
    if (remembered !== undefined) return remembered;
    const name = await accountName(this.parts, id);
    // Only a name that was just read: otherwise each look at a page would prolong the time that an erased name is remembered.
    if (name !== undefined) this.#accounts.set(id, name);
    return name;
  }

  /** Returns the name of a node, or its id if it never registered a name. */
  node(id: string): string {
    return this.tables.hosts.rows.get(id)?.row.hostname ?? id;
  }
}
