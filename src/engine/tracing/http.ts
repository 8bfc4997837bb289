import type { Context, Span } from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { openTelemetry } from './open-telemetry.js';
import { FAILED, registeredTracer } from './span.js';

interface Traced {
  readonly span: Span;
  readonly context: Context;
}

/**
 * Adds a span for each request, as a child of its `traceparent`. The request is handled inside the span. Must be called before the routes are added.
 * Does nothing if there is no provider.
 */
export function traceRequests(app: FastifyInstance): void {
  const tracer = registeredTracer();
  const api = openTelemetry();
  if (tracer === undefined || api === undefined) return;
  const { context, propagation, SpanKind, trace } = api;
  const requests = new WeakMap<FastifyRequest, Traced>();

  app.addHook('onRequest', (request, _reply, done) => {
    const route = request.routeOptions.url;
    const parent = propagation.extract(context.active(), request.headers);
    const attributes = {
      'http.request.method': request.method,
      'muster.correlation_id': request.id,
      ...(route !== undefined && { 'http.route': route }),
    };
    const span = tracer.startSpan(
      `${request.method}${route === undefined ? '' : ` ${route}`}`,
      { kind: SpanKind.SERVER, attributes },
      parent,
    );
    const traced = { span, context: trace.setSpan(parent, span) };
    requests.set(request, traced);
    context.with(traced.context, done);
  });
  // Reading a body leaves the context, because the chunks come from the socket.
  app.addHook('preHandler', (request, _reply, done) => {
    const traced = requests.get(request);
    if (traced === undefined) done();
    else context.with(traced.context, done);
  });
  app.addHook('onResponse', (request, reply, done) => {
    const traced = requests.get(request);
    traced?.span.setAttribute('http.response.status_code', reply.statusCode);
    if (reply.statusCode >= 500) traced?.span.setStatus({ code: FAILED });
    traced?.span.end();
    done();
  });
}
