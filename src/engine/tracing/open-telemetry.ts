import { createRequire } from 'node:module';
import type * as OpenTelemetry from '@opentelemetry/api';

/** The API stores registrations under this name in the global object, which all copies of the API share. */
const REGISTERED = Symbol.for('opentelemetry.js.api.1');

let loaded: typeof OpenTelemetry | undefined;

/** Returns OpenTelemetry's API if something was registered with it in this thread. Otherwise it is not loaded, which would cost every thread. */
export function openTelemetry(): typeof OpenTelemetry | undefined {
  if (!(REGISTERED in globalThis)) return undefined;
  loaded ??= createRequire(import.meta.url)('@opentelemetry/api') as typeof OpenTelemetry;
  return loaded;
}
