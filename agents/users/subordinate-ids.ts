import { readFile } from 'node:fs/promises';

export interface IdRange {
  readonly first: number;
  readonly last: number;
}

/** Returns whether the range contains one of the ids. */
export function containsAny({ first, last }: IdRange, ids: Iterable<number>): boolean {
  return [...ids].some((id) => id >= first && id <= last);
}

const FILES = ['/etc/subuid', '/etc/subgid'] as const;

/**
 * Returns the ids that users of this machine may use in their own user namespaces (subuid(5)). With the programs newuidmap and newgidmap, any user
 * can act as the ids that the system assigned to it, so they are no more private than the user's own.
 */
export async function subordinateIds(files: readonly string[] = FILES): Promise<readonly IdRange[]> {
  const texts = await Promise.all(files.map(async (file) => await readFile(file, 'utf8').catch(() => '')));
  return texts
    .join('\n')
    .split('\n')
    .flatMap((line) => {
      const [, start, count] = /^[^:#]+:(\d+):(\d+)\s*$/.exec(line) ?? [];
      const first = Number(start);
      return start === undefined || Number(count) === 0 ? [] : [{ first, last: first + Number(count) - 1 }];
    });
}
