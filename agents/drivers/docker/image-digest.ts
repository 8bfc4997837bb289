import type Docker from 'dockerode';

/** The image by what it holds: its digest in the repository that the task names, else in another, else its id. Each can be started again. */
export function imageDigest(image: string, { Id, RepoDigests }: Pick<Docker.ImageInspectInfo, 'Id' | 'RepoDigests'>): string {
  const repository = image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  const digests: readonly string[] = RepoDigests ?? [];
  return digests.find((each) => each.startsWith(`${repository}@`)) ?? digests[0] ?? Id;
}
