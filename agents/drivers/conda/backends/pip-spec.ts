import { BuildError } from '../tools/build-error.js';
import { nameOf } from '#domain/drivers/conda/index.js';

/** Translates a conda spec for pip: `numpy=1.24` becomes `numpy==1.24.*`, and `numpy 1.24` becomes `numpy==1.24`. Throws if pip has no equivalent. */
export function pipOf(spec: string): string {
  const [, name = spec, rest = ''] = /^([A-Za-z0-9_][A-Za-z0-9._-]*)(.*)$/.exec(spec) ?? [];
  const clauses = clausesOf(spec, rest);
  return `${name}${clauses.map(([operator, version]) => `${operator}${version}`).join(',')}`;
}

export function pythonFits(spec: string, version: string): boolean {
  const rest = spec.replace(/^python/i, '');
  const own = version.split('.').map(Number);
  return clausesOf(spec, rest).every(([operator, wanted]) => {
    const prefix = wanted.endsWith('.*');
    const parts = wanted.replace(/\.\*$/, '').split('.').map(Number);
    const order = compare(prefix ? own.slice(0, parts.length) : own, parts);
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
  });
}

function clausesOf(spec: string, rest: string): (readonly [string, string])[] {
  const text = rest.replaceAll(' ', '');
  if (text === '' || text === '*') return [];
  const refuse = (): never => {
    throw new BuildError('solve', `${spec} cannot be translated to a pip requirement`, [
      { name: nameOf(spec), why: 'not_found' },
    ]);
  };
  return text.split(',').map((clause) => {
    const [, operator = '', version = ''] =
      /^(===?|[!~<>]=|[<>=])?([A-Za-z0-9.*+!_-]+)$/.exec(clause) ?? refuse();
    const isPrefix = operator === '=' || version.endsWith('*');
    const bare = version.replace(/\.?\*$/, '');
    if (operator === '' || operator === '=' || operator === '==' || operator === '===')
      return ['==', isPrefix ? `${bare}.*` : bare] as const;
    return [operator, operator === '!=' && version.endsWith('*') ? `${bare}.*` : bare] as const;
  });
}

function compare(one: readonly number[], other: readonly number[]): number {
  for (let place = 0; place < Math.max(one.length, other.length); place += 1) {
    const difference = (one[place] ?? 0) - (other[place] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
