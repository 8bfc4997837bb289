import type { IncomingHttpHeaders } from 'node:http';
import type { MusterError } from '#domain/errors/index.js';
import type { Policy } from './access/policy.js';
import type { Mount } from './mount.js';

/** How a surface writes an error. */
export interface WrittenError {
  readonly body: unknown;
  /** Absent: the error's own. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a surface makes of an error. `now`: milliseconds since 1970, for those who say when. */
export type ErrorShape = (error: MusterError, now: number) => WrittenError;

/** `{"error": "…"}`, and no other key. */
export const messageAlone: ErrorShape = (error) => ({ body: { error: error.message } });

interface Mounted {
  readonly mount: Mount;
  readonly shape: ErrorShape;
  readonly unrouted: Policy | undefined;
}

/** Which surface a request belongs to, so that also what no route answers is answered in its surface's shape. */
export class Surfaces {
  readonly #mounts: Mounted[] = [];

  constructor(private readonly root: ErrorShape) {}

  /** `unrouted`: who is told that a path of it is none; absent: everybody. */
  mount(mount: Mount, shape: ErrorShape, unrouted?: Policy): void {
    this.#mounts.push({ mount, shape, unrouted });
    // The longest prefix says whose a path is; of two on one path, the one that asks for a header, where it is met.
    this.#mounts.sort(({ mount: a }, { mount: b }) => b.prefix.length - a.prefix.length || Number(b.header !== undefined) - Number(a.header !== undefined));
  }

  /** The shape of the surface that a request belongs to. */
  shapeOf(path: string, headers: IncomingHttpHeaders): ErrorShape {
    return this.#of(path, headers)?.shape ?? this.root;
  }

  /** Who is told that no route was reached. Undefined: everybody. */
  unroutedOf(path: string, headers: IncomingHttpHeaders): Policy | undefined {
    return this.#of(path, headers)?.unrouted;
  }

  #of(path: string, headers: IncomingHttpHeaders): Mounted | undefined {
    return this.#mounts.find(({ mount: { prefix, header } }) => {
      if (path !== prefix && !path.startsWith(`${prefix}/`)) return false;
      return header === undefined || (headers[header.name] !== undefined) === header.present;
    });
  }
}
