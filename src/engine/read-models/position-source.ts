import type { ChangeSource } from '#domain/kernel/ports/read-models.js';

export interface PositionSource extends ChangeSource {
  readonly position: bigint;
  /** Whether it fills the models itself, so that its position is always the newest. False if it only observes a different process that fills them. */
  readonly fills: boolean;
  waitFor(position: bigint, timeoutMs: number): Promise<boolean>;
}

export interface FilledBy extends PositionSource {
  damaged(): void;
  onReplaced(listener: () => void): void;
}
