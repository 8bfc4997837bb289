import { z } from 'zod';

export const DOCKER_HUB = 'docker.io';
const HUB_NAMES: readonly string[] = [DOCKER_HUB, 'index.docker.io', 'registry-1.docker.io'];

const LABEL = /[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?/.source;
const HOST = new RegExp(`^${LABEL}(?:\\.${LABEL})*(?::[1-9][0-9]{0,4})?$`);
const MAX_HOST = 255;
const MAX_PORT = 65_535;

/** Returns what is wrong with a registry's `host[:port]`, or undefined if it is valid. */
export function problemOfHost(text: string): string | undefined {
  if (text.includes('://')) return 'must be host[:port], without a scheme';
  if (text.includes('/'))
    return 'must be host[:port], without a path: a credential applies to the whole registry';
  if (text !== text.toLowerCase()) return 'must be in lower case';
  if (text.length > MAX_HOST || !HOST.test(text))
    return 'must be host[:port], such as ghcr.io or registry.example:5000; docker.io is Docker Hub';
  const [name = '', port] = text.split(':');
  if (port !== undefined && Number(port) > MAX_PORT) return `the port must be at most ${MAX_PORT}`;
  if (HUB_NAMES.includes(text) && text !== DOCKER_HUB) return `must be ${DOCKER_HUB} for Docker Hub`;
  if (port === undefined && name !== 'localhost' && !name.includes('.'))
    return 'must contain a dot or a port, because image references cannot name it otherwise';
  return undefined;
}

export const registryHost = z
  .string()
  .min(1)
  .max(MAX_HOST)
  .superRefine((text, context) => {
    const problem = problemOfHost(text);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  })
  .meta({
    description: 'Registry as `host[:port]`, in lower case; `docker.io` is Docker Hub',
    examples: ['registry.example:5000'],
    pattern: HOST.source,
  });

/** Returns the registry of an image reference. Default: Docker Hub. */
export function registryOf(image: string): string {
  const host = namedHost(image)?.toLowerCase() ?? DOCKER_HUB;
  return HUB_NAMES.includes(host) ? DOCKER_HUB : host;
}

/** Returns the canonical repository of an image: `nginx:1`, `docker.io/library/nginx` and `nginx@sha256:…` all have the same one. */
export function repositoryOf(image: string): string {
  const name = image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  const host = registryOf(name);
  const path = name.slice((namedHost(name)?.length ?? -1) + 1);
  return `${host}/${host === DOCKER_HUB && !path.includes('/') ? 'library/' : ''}${path}`;
}

function namedHost(image: string): string | undefined {
  const first = image.slice(0, Math.max(0, image.indexOf('/')));
  return first === 'localhost' || /[.:A-Z]/.test(first) ? first : undefined;
}
