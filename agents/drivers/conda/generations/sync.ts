import { execFileSync } from 'node:child_process';

/**
 * Writes everything of the file system that a folder lies on to the disk, by syncfs(2): one call instead of one for each of an environment's
 * thousands of files. Throws where the disk does not take it.
 */
export function syncFileSystem(folder: string): void {
  execFileSync('sync', ['-f', folder], { stdio: ['ignore', 'ignore', 'pipe'] });
}
