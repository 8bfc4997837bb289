import { SurfaceCalls, type SurfaceHost } from '#src/http/index.js';
import { Holders } from './holders.js';
import { Listing } from './listing.js';
import { Names } from './names.js';
import type { ConsoleParts } from './parts.js';
import { Tables } from './tables/tables.js';

export const CONSOLE_SURFACE = 'console';

export class ConsoleSurface extends SurfaceCalls<ConsoleParts> {
  readonly tables: Tables;
  readonly holders: Holders;
  readonly names: Names;
  readonly listing: Listing;

  constructor(host: SurfaceHost<ConsoleParts>) {
    super(CONSOLE_SURFACE, host);
    this.tables = new Tables(host.parts);
    this.holders = new Holders(host.parts);
    this.names = new Names(host.parts, this.tables);
    this.listing = new Listing(this);
  }

  /** Returns the position of the read models, or null for a read as of a moment, because its response is valid for a range of positions. */
  reached(): string | null {
    return this.parts.documentChanges === undefined ? this.parts.readModels.position().toString() : null;
  }

  /** Like {@link reached}, with the write time of the newest event up to the position. */
  async head(): Promise<{ readonly position: string | null; readonly at: string | null }> {
    if (this.reached() === null) return { position: null, at: null };
    const position = this.parts.readModels.position();
    if (position < 0n) return { position: '-1', at: null };
    const newest = { direction: 'backwards', from: position, inclusive: true, limit: 1 } as const;
    for await (const [event] of this.parts.eventStore.readAll(newest))
      if (event !== undefined)
        return { position: position.toString(), at: new Date(event.created).toISOString() };
    return { position: position.toString(), at: null };
  }
}
