/** The part of `AbortSignal` that pure code needs. `domain` compiles without DOM and Node types, which declare the global type. */
export interface StopSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
