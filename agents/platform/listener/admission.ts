import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { MusterError } from '#domain/kernel/errors/index.js';
import { isForeignPage } from './foreign-page.js';
import type { HostNames } from './host-names.js';

/** Refuses early any request that is not HTTP/1 for a name of this listener, or is a change by a foreign page. Call it before adding routes. */
export function admitOwnNames(app: FastifyInstance, names: HostNames): void {
  app.addHook('onRequest', (request, _reply, done) => {
    done(refusal(request.raw, names));
  });
}

export function refusal(raw: IncomingMessage, names: HostNames): MusterError | undefined {
  if (raw.httpVersionMajor !== 1)
    return new MusterError('MUSTER_E_INVALID', { field: 'request', problem: 'must be HTTP/1.0 or HTTP/1.1' });
  const { host } = raw.headers;
  if (host === undefined || hasTwoHosts(raw))
    return new MusterError('MUSTER_E_INVALID', { field: 'Host', problem: 'must be sent exactly once' });
  const wrong = [host, hostInTarget(raw.url ?? '')].find(
    (each) => each !== undefined && !names.answersTo(each),
  );
  if (wrong !== undefined) return new MusterError('MUSTER_E_HOST_UNKNOWN', { host: wrong.slice(0, 100) });
  if (isForeignPage(raw.method ?? '', raw.headers, names)) return new MusterError('MUSTER_E_ORIGIN_FOREIGN');
  return undefined;
}

/** Returns the host in an absolute request target, as sent to a proxy: `GET http://name/path`. */
function hostInTarget(target: string): string | undefined {
  return target.startsWith('/') || !URL.canParse(target) ? undefined : new URL(target).host;
}

function hasTwoHosts({ rawHeaders }: IncomingMessage): boolean {
  let found = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') found += 1;
  }
  return found > 1;
}
