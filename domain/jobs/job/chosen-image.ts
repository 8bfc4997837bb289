import { z } from 'zod';

/** Maximum length in characters of an image digest. */
export const MAX_IMAGE_DIGEST = 600;

/** A content address: `repository@sha256:…`, or the id of an image without a registry. */
const IMAGE_DIGEST = /^(?:[^@\s]+@)?sha256:[0-9a-f]{64}$/;
export const imageDigest = z
  .string()
  .max(MAX_IMAGE_DIGEST)
  .regex(IMAGE_DIGEST, 'must be repository@sha256:… or sha256:…');

/**
 * The image to start a container from, if the owner pinned one. It is not part of the task's identity: changing it does
 * not restart what runs; later placements use it.
 */
export const chosenImage = z.strictObject({
  image_digest: imageDigest
    .optional()
    .meta({ description: 'The image, whatever its reference names by now' }),
  pull_image: z.literal(true).optional().meta({
    description:
      'Its reference is asked of its registry once more, although the node may have an image of that name',
  }),
});
export type ChosenImage = z.infer<typeof chosenImage>;

/** Returns the same object when no image was pinned. */
export function withoutChoice<Task extends ChosenImage>(task: Task): Task | Omit<Task, keyof ChosenImage> {
  if (task.image_digest === undefined && task.pull_image === undefined) return task;
  const { image_digest: _digest, pull_image: _pull, ...rest } = task;
  return rest;
}

/** Returns whether a node's text is a content address. Third-party agents may report other texts. */
export function isImageDigest(text: string): boolean {
  return IMAGE_DIGEST.test(text);
}
