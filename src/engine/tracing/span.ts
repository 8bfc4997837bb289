import type { Attributes, Span, SpanStatusCode, Tracer } from '@opentelemetry/api';
import { isMusterError } from '#domain/kernel/errors/index.js';
import { openTelemetry } from './open-telemetry.js';

const NAME = 'muster';
export const FAILED: SpanStatusCode.ERROR = 2;

/** Returns the tracer of the provider that was registered at this thread's start (`NODE_OPTIONS=--import …`). Undefined if there is none. */
export function registeredTracer(): Tracer | undefined {
  const api = openTelemetry();
  const provider = api?.trace.getTracerProvider();
  if (api === undefined || provider === undefined) return undefined;
  return provider instanceof api.ProxyTracerProvider
    ? provider.getDelegateTracer(NAME)
    : provider.getTracer(NAME);
}

/** Runs the work in a separate span, a child of the active span. If there is no provider, just runs the work. */
export async function inSpan<Result>(
  name: string,
  attributes: () => Attributes,
  work: (span: Span | undefined) => Promise<Result>,
): Promise<Result> {
  const tracer = registeredTracer();
  if (tracer === undefined) return await work(undefined);
  return await tracer.startActiveSpan(name, { attributes: attributes() }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      failed(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

export function failed(span: Span, error: unknown): void {
  const code = isMusterError(error) ? error.code : undefined;
  if (code !== undefined) span.setAttribute('error.type', code);
  if (isMusterError(error) && error.status < 500) return;
  if (error instanceof Error) span.recordException(error);
  span.setStatus({ code: FAILED, message: error instanceof Error ? error.message : String(error) });
}
