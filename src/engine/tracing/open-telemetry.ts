import { createRequire } from 'node:module';
import type * as OpenTelemetry from '@opentelemetry/api';

/** Under this name of the global object its API keeps what was registered, for every copy of itself. */
const REGISTERED = Symbol.for('opentelemetry.js.api.1');

let loaded: typeof OpenTelemetry | undefined;

/** OpenTelemetry's API where somebody registered something with it in this thread; else it is not even loaded, which every thread would pay for. */
export function openTelemetry(): typeof OpenTelemetry | undefined {
  if (!(REGISTERED in globalThis)) return undefined;
  loaded ??= createRequire(import.meta.url)('@opentelemetry/api') as typeof OpenTelemetry;
  return loaded;
}
