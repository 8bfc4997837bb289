import type Docker from 'dockerode';
import { repositoryOf } from '#domain/accounts/registry/index.js';

/** Returns the image's digest in the task's repository, or its id. Other repositories' digests are hidden: the user may have no access to them. */
export function imageDigest(
  image: string,
  { Id, RepoDigests }: Pick<Docker.ImageInspectInfo, 'Id' | 'RepoDigests'>,
): string {
  const repository = repositoryOf(image);
  const digests: readonly string[] = RepoDigests ?? [];
  const own = digests.filter((each) => repositoryOf(each) === repository);
  return own.find((each) => image.endsWith(each.slice(each.indexOf('@')))) ?? own[0] ?? Id;
}
