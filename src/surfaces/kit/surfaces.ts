import type { MusterError } from '#domain/errors/index.js';

/** What a surface writes for an error; the status is the error's own. */
export type ErrorShape = (error: MusterError) => unknown;

/** `{"error": "…"}`, and no other key. */
export const messageAlone: ErrorShape = (error) => ({ error: error.message });

/** Which surface a path belongs to, so that also what no route answers is answered in its surface's shape. */
export class Surfaces {
  readonly #mounts: { readonly prefix: string; readonly shape: ErrorShape }[] = [];

  constructor(private readonly root: ErrorShape) {}

  /** `prefix` covers itself and what is below it. */
  mount(prefix: string, shape: ErrorShape): void {
    this.#mounts.push({ prefix, shape });
    this.#mounts.sort((a, b) => b.prefix.length - a.prefix.length);
  }

  /** The shape of the longest mounted prefix of a path. */
  shapeOf(path: string): ErrorShape {
    const mount = this.#mounts.find(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`));
    return mount?.shape ?? this.root;
  }
}
