import { nameOf, type BuildResult } from '#domain/drivers/conda/index.js';

type Failed = Extract<BuildResult, { outcome: 'failed' }>['failed'];

const ABSENT = [
  /No candidates were found for ([^\s,;]+)/gi,
  /nothing provides (?:requested )?([^\s,;]+)/gi,
  /(?:^|\s)- ([^\s,;]+)[^\n]* does not exist/gim,
  /Because ([^\s,;]+) was not found in the package registry/gi,
  /there (?:is|are) no versions? of ([^\s,;=<>!~]+)/gi,
  /No matching distribution found for ([^\s,;]+)/gi,
];
const WORD = /[A-Za-z0-9_][A-Za-z0-9._-]*/g;

export function failedAt(said: string, asked: readonly string[]): Failed {
  const absent = new Set(
    ABSENT.flatMap((pattern) => [...said.matchAll(pattern)].map(([, name = '']) => nameOf(name))),
  );
  const named = new Set((said.match(WORD) ?? []).map(nameOf));
  const names = [...new Set(asked)];
  const missing = names
    .filter((name) => absent.has(name))
    .map((name) => ({ name, why: 'not_found' as const }));
  const conflicting = names
    .filter((name) => !absent.has(name) && named.has(name))
    .map((name) => ({ name, why: 'conflict' as const }));
  const found = [...missing, ...(missing.length > 0 ? conflictsAmong(said, conflicting) : conflicting)];
  return found.length > 0 ? found : names.map((name) => ({ name, why: 'conflict' }));
}

/** A message about a missing package may also name packages that were merely requested. They are reported only if the message mentions a conflict. */
function conflictsAmong(said: string, named: Failed): Failed {
  return /incompatible|conflict|would require|depends on/i.test(said) ? named : [];
}
