import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { MusterError } from '#domain/errors/index.js';
import { isForeignPage } from './foreign-page.js';
import type { HostNames } from './host-names.js';

/**
 * Refuses, before anything else is looked at, what is not HTTP/1 to a name of this listener, and changes that a foreign page asks for.
 * To be called before the routes are added.
 */
export function admitOwnNames(app: FastifyInstance, names: HostNames): void {
  app.addHook('onRequest', (request, _reply, done) => {
    done(refusal(request.raw, names));
  });
}

/** Why a request is not looked at; undefined where it is. */
export function refusal(raw: IncomingMessage, names: HostNames): MusterError | undefined {
  if (raw.httpVersionMajor !== 1) return new MusterError('MUSTER_E_INVALID', { field: 'request', problem: 'must be HTTP/1.0 or HTTP/1.1' });
  const { host } = raw.headers;
  if (host === undefined || hasTwoHosts(raw)) return new MusterError('MUSTER_E_INVALID', { field: 'Host', problem: 'must be there once' });
  const wrong = [host, hostInTarget(raw.url ?? '')].find((each) => each !== undefined && !names.answersTo(each));
  if (wrong !== undefined) return new MusterError('MUSTER_E_HOST_UNKNOWN', { host: wrong.slice(0, 100) });
  if (isForeignPage(raw.method ?? '', raw.headers, names)) return new MusterError('MUSTER_E_ORIGIN_FOREIGN');
  return undefined;
}

/** The host that a request names in addition to `Host`, as to a proxy: `GET http://name/path`. */
function hostInTarget(target: string): string | undefined {
  return target.startsWith('/') || !URL.canParse(target) ? undefined : new URL(target).host;
}

/** Node keeps the first of them, and says nothing of the other. */
function hasTwoHosts({ rawHeaders }: IncomingMessage): boolean {
  let found = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') found += 1;
  }
  return found > 1;
}
