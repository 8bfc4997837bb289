import type { IncomingHttpHeaders } from 'node:http';
import type { MusterError } from '#domain/kernel/errors/index.js';
import type { Policy } from './access/policy.js';
import { isPresent, type Mount } from './mount.js';

export interface WrittenError {
  readonly body: unknown;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Converts an error to a response of the surface. `now`: milliseconds since the epoch. */
export type ErrorShape = (error: MusterError, now: number) => WrittenError;

/** `{"error": "…"}` without other keys. */
export const messageAlone: ErrorShape = (error) => ({ body: { error: error.message } });

interface Mounted {
  readonly mount: Mount;
  readonly shape: ErrorShape;
  readonly unrouted: Policy | undefined;
}

/** Finds the surface of a request, so that errors of requests without a route have its shape too. */
export class Surfaces {
  readonly #mounts: Mounted[] = [];

  constructor(private readonly root: ErrorShape) {}

  /** `unrouted`: policy that decides who gets a 404 for a path without a route. Default: everyone. */
  mount(mount: Mount, shape: ErrorShape, unrouted?: Policy): void {
    this.#mounts.push({ mount, shape, unrouted });
    this.#mounts.sort(
      ({ mount: a }, { mount: b }) =>
        b.prefix.length - a.prefix.length || Number(b.header !== undefined) - Number(a.header !== undefined),
    );
  }

  shapeOf(path: string, headers: IncomingHttpHeaders): ErrorShape {
    return this.#of(path, headers)?.shape ?? this.root;
  }

  /** Returns the policy that decides who gets a 404 for a path without a route. Undefined means everyone. */
  unroutedOf(path: string, headers: IncomingHttpHeaders): Policy | undefined {
    return this.#of(path, headers)?.unrouted;
  }

  #of(path: string, headers: IncomingHttpHeaders): Mounted | undefined {
    return this.#mounts.find(({ mount: { prefix, header } }) => {
      if (path !== prefix && !path.startsWith(`${prefix}/`)) return false;
      return header === undefined || isPresent(headers, header.name) === header.present;
    });
  }
}
