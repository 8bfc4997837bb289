import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { OCTET_STREAM, prefersOctets } from '#agents/platform/listener/index.js';

/** Sends the streams of a scope as `application/octet-stream` to clients that prefer this. The bytes are the same. */
export function sendOctetsOnRequest(scope: FastifyInstance): void {
  scope.addHook('onSend', async ({ headers: { accept }, routeOptions: { schema } }, reply) => {
    if (accept === undefined || reply.statusCode !== 200) return;
    const contentType = String(reply.getHeader('content-type'));
    if (isStream(schema?.response, contentType) && prefersOctets(accept, contentType))
      reply.header('content-type', OCTET_STREAM);
  });
}

/** Whether a response of this type is declared as a stream. */
function isStream(responses: unknown, contentType: string): boolean {
  const [type = ''] = contentType.split(';');
  const declared = responses as
    { readonly 200?: { readonly content?: Readonly<Record<string, { schema: unknown }>> } } | undefined;
  const schema = declared?.[200]?.content?.[type]?.schema;
  return schema instanceof z.ZodType && schema.meta()?.['format'] === 'binary';
}
