import { LRUCache } from 'lru-cache';
import { claimEvents } from '#domain/gpu/claim/events.js';
import { isOneOf, only, type AnyEvent, type Recorded } from '#domain/kernel/event/index.js';
import type { ConsoleParts } from './parts.js';
import { CREATIONS } from '#src/features/visibility/index.js';
import { read } from '#src/http/index.js';
import { gpuClaims, type GpuClaimDocument } from '#projections/gpu/gpu-claims.js';
import type { Holder } from './viewer.js';

export interface Subject {
  readonly kind:
    'job' | 'allocation' | 'node' | 'task' | 'run' | 'environment' | 'service' | 'claim' | 'account';
  readonly id: string;
}

const CLAIMS = only(claimEvents, 'GpuClaimed');

const REMEMBERED = 20_000;

/** Finds the holder of an object in the first event of its stream. The stream outlives the object. */
export class Holders {
  readonly #known = new LRUCache<string, Holder>({ max: REMEMBERED });

  constructor(private readonly parts: Pick<ConsoleParts, 'eventStore' | 'catalog' | 'readModels'>) {}

  /** Returns an empty list if the event is not about an account's object, or if the account of one of its objects is unknown. */
  async of(event: Recorded<AnyEvent>, subjects: readonly Subject[]): Promise<readonly Holder[]> {
    const found: Holder[] = [];
    for (const subject of subjects) {
      if (!hasHolder(subject)) continue;
      const holder = await this.#holder(event, subject);
      if (holder === undefined) return [];
      found.push(holder);
    }
    return found;
  }

  async #holder(event: Recorded<AnyEvent>, subject: Subject): Promise<Holder | undefined> {
    const name = `${subject.kind}:${subject.id}`;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const holder =
      subject.kind === 'claim'
        ? await this.#claimant(event, subject.id)
        : await this.#creator(`${subject.kind}-${subject.id}`);
    if (holder !== undefined) this.#known.set(name, holder);
    return holder;
  }

  /** Claims do not have their own streams, but the document of a claim outlives the claim. */
  async #claimant(event: Recorded<AnyEvent>, claimId: string): Promise<Holder | undefined> {
    if (isOneOf(CLAIMS, event)) {
      const { tenantId, userId } = event.data;
      return { tenantId, userId, private: true };
    }
    const stored = await this.parts.readModels.get(gpuClaims.name, claimId);
    if (stored === undefined) return undefined;
    const { tenantId, userId } = read<GpuClaimDocument>(stored);
    return { tenantId, userId, private: true };
  }

  async #creator(stream: string): Promise<Holder | undefined> {
    for await (const [first] of this.parts.eventStore.readStream(stream, { limit: 1 })) {
      const event = first && this.parts.catalog.decodeOurs(first);
      if (event === undefined) return undefined;
      if (isOneOf(CREATIONS, event)) return { tenantId: event.data.tenantId, userId: event.data.createdBy };
    }
    return undefined;
  }
}

function hasHolder({ kind }: Subject): boolean {
  return kind === 'task' || kind === 'service' || kind === 'environment' || kind === 'claim';
}
