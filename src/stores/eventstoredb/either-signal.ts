import type { StopSignal } from '#domain/kernel/ports/signal.js';

export function eitherSignal(
  own: AbortSignal,
  other: StopSignal | undefined,
): { readonly signal: AbortSignal; readonly release: () => void } {
  const either = new AbortController();
  const abort = (): void => either.abort();
  if (own.aborted || other?.aborted === true) abort();
  own.addEventListener('abort', abort, { once: true });
  other?.addEventListener('abort', abort, { once: true });
  return {
    signal: either.signal,
    release: () => {
      own.removeEventListener('abort', abort);
      other?.removeEventListener('abort', abort);
    },
  };
}
