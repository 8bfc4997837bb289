import type { IncomingMessage } from 'node:http';
import { DOCKER_HUB, registryOf, repositoryOf } from '#domain/accounts/registry/host.js';
import { deadline } from '../../platform/clock/system-clock.js';
import { CallError, ForbiddenTargetError, makeCall, UnknownHostError, type Targets } from '../http/index.js';

/** Milliseconds for all requests to a registry together. Where only the daemon's proxy leads out, none of them is answered. */
const CHECK_MS = 10_000;
const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');
/** The URL of the server that issues tokens (RFC 6750, section 3). */
const REALM = /\brealm="([^"]{1,2000})"/i;

/**
 * Sends a registry the first requests of a pull, without a credential, because the daemon follows redirects and asks for tokens wherever the registry
 * says. Throws {@link CallError} if the registry or one of its answers leads to a forbidden address. Other problems are left to the pull. Docker Hub
 * is exempt, because the daemon may use a mirror. This does not help against a registry that responds differently to the daemon.
 */
export async function checkRegistry(image: string, reach: Targets, signal: AbortSignal): Promise<void> {
  const host = registryOf(image);
  if (host === DOCKER_HUB) return;
  try {
    await reach.look(`https://${host}/`);
  } catch (error) {
    // The daemon cannot resolve it either.
    if (error instanceof UnknownHostError) return;
    throw error;
  }
  const late = deadline(CHECK_MS);
  const both = AbortSignal.any([signal, late]);
  const repository = repositoryOf(image).slice(host.length + 1);
  const paths = ['/v2/', `/v2/${repository}/manifests/${referenceIn(image)}`];
  // The daemon uses plain HTTP only where HTTPS fails.
  for (const scheme of ['https', 'http']) {
    let answered = false;
    for (const path of paths) {
      try {
        await follow(`${scheme}://${host}${path}`, reach, both);
        answered = true;
      } catch (error) {
        if (late.aborted) return;
        if (!(error instanceof CallError) || error instanceof ForbiddenTargetError) throw error;
      }
    }
    if (answered) return;
  }
}

/** Follows redirects, then asks for a token if the answer names a server for that. */
async function follow(url: string, reach: Targets, signal: AbortSignal): Promise<void> {
  const realm = REALM.exec((await headersFrom(url, reach, signal))['www-authenticate'] ?? '')?.[1];
  if (realm !== undefined && URL.canParse(realm)) await headersFrom(realm, reach, signal);
}

async function headersFrom(
  url: string,
  reach: Targets,
  signal: AbortSignal,
): Promise<IncomingMessage['headers']> {
  const answer = await makeCall(
    { url, method: 'GET', headers: { accept: MANIFESTS }, body: undefined },
    { reach, isFinal: () => false, say: () => undefined, signal },
  );
  answer.destroy();
  return answer.headers;
}

function referenceIn(image: string): string {
  return /@(.+)$/.exec(image)?.[1] ?? /:([^/:]+)$/.exec(image)?.[1] ?? 'latest';
}
