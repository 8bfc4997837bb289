import { BuildError } from '../tools/build-error.js';
import { nameOf } from '#domain/drivers/conda/index.js';

/** Translates a conda spec for pip: `numpy=1.24` becomes `numpy==1.24.*`, and `numpy 1.24` becomes `numpy==1.24`. Throws if pip has no equivalent. */
export function pipOf(spec: string): string {
  const [, name = spec, rest = ''] = /^([A-Za-z0-9_][A-Za-z0-9._-]*)(.*)$/.exec(spec) ?? [];
  const [clauses = [], other] = alternativesOf(spec, rest);
  if (other !== undefined) refuse(spec, 'pip has no alternatives (|): write one range, such as >=1.15,<1.17');
  return `${name}${clauses.map(([operator, version]) => `${operator}${version}`).join(',')}`;
}

/** Returns whether a Python release such as `3.11.2` meets a spec, or one of its alternatives. A release is later than its own pre-releases. */
export function pythonFits(spec: string, version: string): boolean {
  const own = version.split('.').map(Number);
  // All clauses are read before one decides, so that an invalid spec is refused for every release.
  return alternativesOf(spec, spec.replace(/^python/i, ''))
    .map((clauses) => clauses.map((clause) => clauseFits(clause, own, spec)))
    .some((fits) => !fits.includes(false));
}

function clauseFits([operator, wanted]: Clause, own: readonly number[], spec: string): boolean {
  const [, release = '', prefix = '', suffix = ''] =
    /^(\d+(?:\.\d+)*)(\.\*)?([._-]?(?:a|b|c|rc|alpha|beta|dev)[._-]?\d*)?$/i.exec(wanted) ?? refuse(spec);
  const parts = release.split('.').map(Number);
  const exact = compare(prefix === '' ? own : own.slice(0, parts.length), parts);
  const order = exact === 0 && suffix !== '' ? 1 : exact;
  switch (operator) {
    case '==':
      return order === 0;
    case '!=':
      return order !== 0;
    case '>=':
      return order >= 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '<':
      return order < 0;
    default:
      // `~=3.9` means `>=3.9` and `3.*`.
      return order >= 0 && compare(own.slice(0, parts.length - 1), parts.slice(0, -1)) === 0;
  }
}

function refuse(spec: string, why?: string): never {
  const reason = why === undefined ? '' : `: ${why}`;
  throw new BuildError('solve', `${spec} cannot be translated to a pip requirement${reason}`, [
    { name: nameOf(spec), why: 'not_found' },
  ]);
}

type Clause = readonly [operator: string, version: string];

const EXACT: readonly string[] = ['', '=', '==', '==='];
/** A build, after `=` or spaces. pip has none, so it is ignored: it chooses among the builds of one version. */
const BUILD = /(?<=[A-Za-z0-9*])(?: +|=)[A-Za-z0-9._*]+$/;

/** Returns the alternatives of a spec. A comma binds closer than `|`, as in conda. */
function alternativesOf(spec: string, rest: string): readonly (readonly Clause[])[] {
  const text = rest.trim().replace(BUILD, '').replaceAll(' ', '');
  return text === '' ? [[]] : text.split('|').map((each) => clausesOf(spec, each));
}

function clausesOf(spec: string, text: string): Clause[] {
  return text.split(',').flatMap((clause) => {
    const [, operator = '', version = ''] =
      /^(===?|[!~<>]=|[<>=])?([A-Za-z0-9.*+!_-]+)$/.exec(clause) ?? refuse(spec);
    const isExact = EXACT.includes(operator);
    if (version === '*') return isExact ? [] : refuse(spec);
    const isPrefix = operator === '=' || version.endsWith('*');
    const bare = version.replace(/\.?\*$/, '');
    if (isExact) return [['==', isPrefix ? `${bare}.*` : bare] as const];
    return [[operator, operator === '!=' && version.endsWith('*') ? `${bare}.*` : bare] as const];
  });
}

function compare(one: readonly number[], other: readonly number[]): number {
  for (let place = 0; place < Math.max(one.length, other.length); place += 1) {
    const difference = (one[place] ?? 0) - (other[place] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
