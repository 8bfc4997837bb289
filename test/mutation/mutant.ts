import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, join } from 'node:path';
import { mutationsOf, type Mutation } from './operators.js';

/** A mutation, with the module that it changes. */
export interface Mutant extends Mutation {
  /** Path of the source from the repository root, such as `domain/jobs/job/decider.ts`. */
  readonly source: string;
  readonly line: number;
  /** Original text, on one line. */
  readonly original: string;
}

export function mutantsBelow(root: string, folder: string): Mutant[] {
  const sources = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !path.endsWith('.d.ts'),
  );
  return sources.sort().flatMap((path) => mutantsOf(root, join(folder, path)));
}

/** Returns the path of the compiled module of a source. */
export function moduleOf(source: string): string {
  return join('dist', source.replace(/\.ts$/, '.js'));
}

/**
 * Draws a number of mutants from each folder. The seed decides which ones. A mutant's rank depends on its change and not on its place, so that the same
 * ones are drawn again after an edit elsewhere in the file.
 */
export function sampled(mutants: readonly Mutant[], perFolder: number, seed: string): Mutant[] {
  const occurrences = new Map<string, number>();
  const ranked = mutants.map((mutant) => {
    const change = `${mutant.source}\n${mutant.operator}\n${mutant.original}\n${mutant.replacement}`;
    const occurrence = occurrences.get(change) ?? 0;
    occurrences.set(change, occurrence + 1);
    return { mutant, rank: createHash('sha256').update(`${seed}\n${change}\n${occurrence}`).digest('hex') };
  });
  const folders = new Set(mutants.map(({ source }) => dirname(source)));
  return [...folders].flatMap((folder) => {
    const group = ranked
      .filter(({ mutant }) => dirname(mutant.source) === folder)
      .sort((one, other) => (one.rank < other.rank ? -1 : 1));
    const drawn = new Set(group.slice(0, perFolder).map(({ mutant }) => mutant));
    return mutants.filter((mutant) => drawn.has(mutant));
  });
}

function mutantsOf(root: string, source: string): Mutant[] {
  const file = join(root, moduleOf(source));
  const text = readFileSync(file, 'utf8');
  const lines = new SourceMap(
    JSON.parse(readFileSync(`${file}.map`, 'utf8')) as ConstructorParameters<typeof SourceMap>[0],
  );
  return mutationsOf(text).map((mutation) => {
    const before = text.slice(0, mutation.start).split('\n');
    const entry = lines.findEntry(before.length - 1, before.at(-1)?.length ?? 0);
    const original = text.slice(mutation.start, mutation.end).replace(/\s+/g, ' ');
    return {
      ...mutation,
      source,
      original,
      line: 'originalLine' in entry ? entry.originalLine + 1 : before.length,
    };
  });
}
