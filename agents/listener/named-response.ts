import { ServerResponse, type OutgoingHttpHeader, type OutgoingHttpHeaders, type ServerOptions } from 'node:http';

/** Fastify's names of headers, which are lower case, and the names that documents have. */
const DOCUMENTED: Readonly<Record<string, string>> = {
  'x-muster-error': 'X-Muster-Error',
  'x-muster-position': 'X-Muster-Position',
  'x-muster-stale': 'X-Muster-Stale',
};

type Headers = OutgoingHttpHeaders | OutgoingHttpHeader[];

/** Sends headers under their documented names: clients that NSwag makes look for a header by the very letters of its name. */
class NamedResponse extends ServerResponse {
  override writeHead(status: number, ...rest: (string | Headers | undefined)[]): this {
    const named = rest.map((each) => (typeof each === 'object' && !Array.isArray(each) ? withDocumentedNames(each) : each));
    return (super.writeHead as (status: number, ...rest: unknown[]) => this).call(this, status, ...named);
  }
}

function withDocumentedNames(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  if (!Object.keys(DOCUMENTED).some((name) => name in headers)) return headers;
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [DOCUMENTED[name] ?? name, value]));
}

/** For `http.createServer`. */
export const NAMED_RESPONSES: Pick<ServerOptions, 'ServerResponse'> = { ServerResponse: NamedResponse as unknown as typeof ServerResponse };
