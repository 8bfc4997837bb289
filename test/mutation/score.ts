import { dirname } from 'node:path';
import type { Mutant } from './mutant.js';

export type Verdict = 'killed' | 'timed out' | 'survived' | 'not run';

export interface Tried {
  readonly mutant: Mutant;
  readonly verdict: Verdict;
}

/** Formats a table with a row for each folder: its mutants, the tried ones, and the share that tests noticed. */
export function scores(all: readonly Mutant[], tried: readonly Tried[]): string {
  const folders = [...new Set(tried.map(({ mutant }) => dirname(mutant.source)))].sort();
  const rows = folders.map((folder) => {
    const here = tried.filter(({ mutant }) => dirname(mutant.source) === folder);
    return row(`\`${folder}\``, all.filter((mutant) => dirname(mutant.source) === folder).length, here);
  });
  return [
    '| folder | mutants | tried | killed | timed out | survived | no test runs it | score |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    row('all', all.length, tried),
  ].join('\n');
}

/** Describes a mutant in one line: its place, the original and the replacement. */
export function described({ source, line, operator, original, replacement }: Mutant): string {
  const short = (text: string): string => (text.length > 140 ? `${text.slice(0, 140)}…` : text);
  return `${source}:${line} [${operator}] ${short(original)} → ${short(replacement.replace(/\s+/g, ' '))}`;
}

function row(name: string, made: number, tried: readonly Tried[]): string {
  const count = (verdict: Verdict): number => tried.filter((each) => each.verdict === verdict).length;
  const noticed = count('killed') + count('timed out');
  return `| ${name} | ${made} | ${tried.length} | ${count('killed')} | ${count('timed out')} | ${count('survived')} | ${count('not run')} | ${((100 * noticed) / tried.length).toFixed(0)} % |`;
}
