import type { Collection, Db } from 'mongodb';
import pLimit from 'p-limit';
import { MusterError } from '#domain/kernel/errors/index.js';
import { COLLECTIONS, storedGenerations, type Fence, type Head, type StoredHead } from './schema.js';

type Change = Partial<Omit<Head, 'beat'>>;

export class HeadDocument {
  readonly #place: { readonly db: Db };

  /** `place.db` is read each time it is needed. */
  constructor(place: { readonly db: Db }) {
    this.#place = place;
  }

  get #collection(): Collection<StoredHead> {
    return this.#place.db.collection<StoredHead>(COLLECTIONS.head);
  }

  async read(): Promise<Head | undefined> {
    const stored = await this.#collection.findOne({ _id: 'head' });
    if (stored === null) return undefined;
    const { _id, generations, ...head } = stored;
    return { ...head, generations: parsed(generations) };
  }

  /** Throws a duplicate key error if there is a head. */
  async make(fence: Fence): Promise<Head> {
    const head = { ...fence, settled: 0n, beat: 0n, next: 1, generations: {} };
    await this.#collection.insertOne({ _id: 'head', ...head, generations: textOf(head.generations) });
    return head;
  }

  /** Returns the changed head. Undefined, and nothing is changed, if the head is not exactly as `seen`. */
  async change(seen: Head, change: Change): Promise<Head | undefined> {
    const { token, holder, beat } = seen;
    const { generations, ...others } = change;
    const set = {
      ...others,
      ...(generations !== undefined && { generations: textOf(generations) }),
      beat: beat + 1n,
    };
    const where = { _id: 'head', token, holder, beat } as const;
    const { matchedCount } = await this.#collection.updateOne(where, { $set: set });
    return matchedCount === 1 ? { ...seen, ...change, beat: beat + 1n } : undefined;
  }
}

/** The head of the lease's holder. Nothing else changes it, so it is read again only if the outcome of a change is unknown. */
export class HeldHead {
  readonly #turn = pLimit(1);
  #known: Head | undefined;

  constructor(
    private readonly document: HeadDocument,
    private readonly fence: Fence,
  ) {}

  /** Throws `MUSTER_E_READ_MODEL_CONTESTED` if a different process has the lease. */
  async current(): Promise<Head> {
    return await this.#turn(() => this.#current());
  }

  /** Changes the head in one step. Throws `MUSTER_E_READ_MODEL_CONTESTED`, without any change, if a different process has the lease. */
  async change(next: (head: Head) => Change): Promise<void> {
    await this.#turn(async () => {
      const head = await this.#current();
      const change = next(head);
      this.#known = undefined;
      this.#known = await this.document.change(head, change);
      if (this.#known === undefined) throw contested('it has the lease');
    });
  }

  async #current(): Promise<Head> {
    this.#known ??= await this.document.read();
    const { token, holder } = this.fence;
    if (this.#known?.token !== token || this.#known.holder !== holder) throw contested('it has the lease');
    return this.#known;
  }
}

export function contested(problem: string): MusterError {
  return new MusterError('MUSTER_E_READ_MODEL_CONTESTED', { problem });
}

/** Damaged text contains no generations, so the models are built again. */
function parsed(text: unknown): Head['generations'] {
  try {
    return storedGenerations.safeParse(JSON.parse(String(text))).data ?? {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function textOf(generations: Head['generations']): string {
  return JSON.stringify(generations, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}
