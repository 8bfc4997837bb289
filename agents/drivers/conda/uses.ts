import type { GenerationStore } from './generations/store.js';

interface Use {
  readonly folder: string;
  readonly hash: string;
  readonly allocationId: string;
}

export class Uses {
  readonly #held = new Map<string, Use>();

  hold(task: string, { folder }: GenerationStore, hash: string, allocationId: string): void {
    this.#held.set(task, { folder, hash, allocationId });
  }

  release(task: string): void {
    this.#held.delete(task);
  }

  isHeld({ folder }: GenerationStore, hash: string, isKnown: (allocationId: string) => boolean): boolean {
    return [...this.#held.values()].some(
      (use) => use.folder === folder && use.hash === hash && isKnown(use.allocationId),
    );
  }
}
