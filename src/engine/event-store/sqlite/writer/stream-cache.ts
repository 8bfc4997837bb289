import type { StreamState } from '../../append-rule.js';

/** Of what is kept. Muster's own names are shorter. */
const LONGEST_NAME = 512;

/** States of streams that were written lately. Holds between one and two halves: the older half goes when the younger is full. */
export class StreamCache {
  readonly #half: number;
  #young = new Map<string, StreamState>();
  #old = new Map<string, StreamState>();

  constructor(half = 32_768) {
    this.#half = half;
  }

  get(stream: string): StreamState | undefined {
    const young = this.#young.get(stream);
    if (young !== undefined) return young;
    const old = this.#old.get(stream);
    if (old !== undefined) this.set(stream, old);
    return old;
  }

  set(stream: string, state: StreamState): void {
    // Clients of the wire may choose names of any length.
    if (stream.length > LONGEST_NAME) return;
    this.#young.set(stream, state);
    if (this.#young.size < this.#half) return;
    this.#old = this.#young;
    this.#young = new Map();
  }
}
