import type { Attributes, Span, SpanStatusCode, Tracer } from '@opentelemetry/api';
import { isMusterError } from '#domain/errors/index.js';
import { openTelemetry } from './open-telemetry.js';

/** Name of everything that Muster traces. */
const NAME = 'muster';
/** `SpanStatusCode.ERROR`. */
export const FAILED: SpanStatusCode.ERROR = 2;

/** The tracer of the provider that registered in this thread before it began (`NODE_OPTIONS=--import …`); undefined where nobody did. */
export function registeredTracer(): Tracer | undefined {
  const api = openTelemetry();
  const provider = api?.trace.getTracerProvider();
  if (api === undefined || provider === undefined) return undefined;
  return provider instanceof api.ProxyTracerProvider ? provider.getDelegateTracer(NAME) : provider.getTracer(NAME);
}

/** Does the work in a span of its own, a child of what is under way; without a provider it only does the work. */
export async function inSpan<Result>(name: string, attributes: () => Attributes, work: (span: Span | undefined) => Promise<Result>): Promise<Result> {
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

/** Marks a span as failed. A refusal of ours is told by its code: it is an answer, not an accident. */
export function failed(span: Span, error: unknown): void {
  const code = isMusterError(error) ? error.code : undefined;
  if (code !== undefined) span.setAttribute('error.type', code);
  if (isMusterError(error) && error.status < 500) return;
  if (error instanceof Error) span.recordException(error);
  span.setStatus({ code: FAILED, message: error instanceof Error ? error.message : String(error) });
}
