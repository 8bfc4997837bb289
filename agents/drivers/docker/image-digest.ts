import type Docker from 'dockerode';
import { repositoryOf } from '#domain/image-registry/index.js';

/**
 * The image by what it holds: its digest in the repository that the task names, else its id. Of another repository that has the same image it is
 * not told: who runs it may have no right there.
 */
export function imageDigest(image: string, { Id, RepoDigests }: Pick<Docker.ImageInspectInfo, 'Id' | 'RepoDigests'>): string {
  const repository = repositoryOf(image);
  const digests: readonly string[] = RepoDigests ?? [];
  const own = digests.filter((each) => repositoryOf(each) === repository);
  return own.find((each) => image.endsWith(each.slice(each.indexOf('@')))) ?? own[0] ?? Id;
}
