import type { Attributes, Span, SpanStatusCode, Tracer } from '@opentelemetry/api';
import { isMusterError } from '#domain/kernel/errors/index.js';
import { openTelemetry } from './open-telemetry.js';

const NAME = 'muster';
/** `SpanStatusCode.ERROR`. */
export const FAILED: SpanStatusCode.ERROR = 2;

/** The tracer of the provider that was registered in this thread at its start (`NODE_OPTIONS=--import …`); undefined if there is none. */
export function registeredTracer(): Tracer | undefined {
  const api = openTelemetry();
  const provider = api?.trace.getTracerProvider();
  if (api === undefined || provider === undefined) return undefined;
  return provider instanceof api.ProxyTracerProvider
    ? provider.getDelegateTracer(NAME)
    : provider.getTracer(NAME);
}

/** Runs the work in its own span, a child of the active one; without a provider, just runs it. */
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

/** Marks a span as failed. A refusal is recorded by its code, because it is a regular result. */
export function failed(span: Span, error: unknown): void {
  const code = isMusterError(error) ? error.code : undefined;
  if (code !== undefined) span.setAttribute('error.type', code);
  if (isMusterError(error) && error.status < 500) return;
  if (error instanceof Error) span.recordException(error);
  span.setStatus({ code: FAILED, message: error instanceof Error ? error.message : String(error) });
}
