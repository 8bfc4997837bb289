import { z } from 'zod';

export const packageName = z.string().regex(/^[a-z0-9_][a-z0-9._-]{0,127}$/i, 'must be a package name');

const VERSION = String.raw`[A-Za-z0-9*][A-Za-z0-9.*+!_-]{0,63}`;
const COMPARED = String.raw`((===?|[!~<>]=|[<>=]) *)?${VERSION}`;
/** Versions with an optional build, after `=` or a space. They begin with a comparison operator, or with a space followed by a digit or `*`. */
const VERSIONS = String.raw`( *(?=[<>=!~])| +(?=[0-9*]))${COMPARED}( *[,|] *${COMPARED}){0,7}((=| +)[A-Za-z0-9._*]{1,64})?`;

/**
 * A package in conda's notation: a name with optional versions (`numpy`, `numpy=1.24`, `pandas >=2,<3`). Channels, URLs, paths and options are
 * refused, because they could load code from channels that the node does not allow. Source: MatchSpec in conda's documentation, without brackets and
 * channels.
 */
export const condaSpec = z
  .string()
  .max(256)
  .regex(
    new RegExp(`^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}(${VERSIONS})?$`),
    'must be a package name with optional versions, such as numpy>=1.24',
  );

/**
 * A requirement in pip's notation: a name with optional extras and versions (`requests[socks]>=2.31,<3`). URLs, paths, markers and options are
 * refused. Source: PEP 508.
 */
export const pipRequirement = z
  .string()
  .max(256)
  .regex(
    /^[A-Za-z0-9]([A-Za-z0-9._-]{0,126}[A-Za-z0-9])?(\[[A-Za-z0-9._-]+(, *[A-Za-z0-9._-]+){0,15}\])?( *(===|[<>=!~]=|[<>]) *[A-Za-z0-9.*+!_-]{1,64}( *, *(===|[<>=!~]=|[<>]) *[A-Za-z0-9.*+!_-]{1,64}){0,7})?$/,
    'must be a package name with optional versions, such as requests>=2.31',
  );

/** Returns the name by which conda knows a package: it ignores case only, so `-`, `_` and `.` distinguish packages. Source: MatchSpec in conda's code. */
export function condaNameOf(spec: string): string {
  return (/^[A-Za-z0-9_][A-Za-z0-9._-]*/.exec(spec)?.[0] ?? spec).toLowerCase();
}

/** Returns the package name of a specification in pip's canonical form (PEP 503): lower case, with `-` for `_` and `.`. */
export function nameOf(spec: string): string {
  return (/^[A-Za-z0-9_][A-Za-z0-9._-]*/.exec(spec)?.[0] ?? spec)
    .replace(/[-_.]+$/, '')
    .replaceAll(/[-_.]+/g, '-')
    .toLowerCase();
}
