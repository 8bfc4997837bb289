import { z } from 'zod';

const MAX_NAME = 255;
const COMPONENT = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/;
const HOST =
  /^(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])(?:\.(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]))*(?::\d{1,5})?$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,256}$/;
const SHA256 = /^sha256:[0-9a-f]{64}$/;

/**
 * The whole reference as one pattern, for the OpenAPI descriptions. `NO_REFERENCE` excludes strings that it would wrongly accept. The length of the
 * name is checked in code.
 */
const REFERENCE = ((): string => {
  const [component, host, tag, digest] = [COMPONENT, HOST, TAG, DIGEST].map(({ source }) =>
    source.slice(1, -1),
  );
  const first = '[a-z0-9]+(?:(?:__?|-+)[a-z0-9]+)*';
  return `^(?:(?:${host}|${first})(?:/${component})+|${component})(?::${tag})?(?:@${digest})?$`;
})();
const NO_REFERENCE = '^[0-9a-f]{64}$|@sha256:(?:[0-9a-f]{0,63}|[0-9a-f]{65,}|[0-9a-f]*[^0-9a-f].*)$';

/** Returns what is wrong with an image reference `[host[:port]/]path[:tag][@digest]`, or undefined if it is valid. */
export function problemOfImage(text: string): string | undefined {
  const at = text.indexOf('@');
  const [named, digest] = at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
  if (digest !== undefined && !(digest.startsWith('sha256:') ? SHA256 : DIGEST).test(digest))
    return 'the digest after @ must be algorithm:hex, such as sha256:…';
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const [name, tag] = colon < 0 ? [named, undefined] : [named.slice(0, colon), named.slice(colon + 1)];
  if (tag !== undefined && !TAG.test(tag))
    return 'the tag after : must be 1 to 128 letters, digits or any of _ . -';
  if (name.length > MAX_NAME) return `the name must be at most ${MAX_NAME} characters long`;
  if (tag === undefined && digest === undefined && /^[0-9a-f]{64}$/.test(name))
    return 'must be an image reference, not an image id';
  const parts = name.split('/');
  const [first = ''] = parts;
  const hosted = parts.length > 1 && (first === 'localhost' || /[.:A-Z]/.test(first));
  if (hosted && !HOST.test(first)) return 'the registry must be a host name with an optional port';
  const path = hosted ? parts.slice(1) : parts;
  if (!path.every((part) => COMPONENT.test(part)))
    return 'must be [registry/]path[:tag][@digest], with the path in lower case';
  return undefined;
}

export const imageReference = z
  .string()
  .min(1)
  .max(512)
  .superRefine((text, context) => {
    const problem = problemOfImage(text);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  })
  .meta({
    description: 'Reference of a Docker image: `[registry/]path[:tag][@digest]`',
    examples: ['nvidia/cuda:11.8.0-base-ubuntu22.04'],
    pattern: REFERENCE,
    not: { pattern: NO_REFERENCE },
  });
