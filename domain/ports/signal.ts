/**
 * The part of an `AbortSignal` that pure code and ports need. The global type is not visible here, because
 * `domain` compiles without DOM and Node types; every real `AbortSignal` satisfies it.
 */
export interface StopSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
