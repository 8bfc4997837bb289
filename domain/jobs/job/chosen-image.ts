import { z } from 'zod';

export const MAX_IMAGE_DIGEST = 600;

const IMAGE_DIGEST = /^(?:[^@\s]+@)?sha256:[0-9a-f]{64}$/;
export const imageDigest = z
  .string()
  .max(MAX_IMAGE_DIGEST)
  .regex(IMAGE_DIGEST, 'must be repository@sha256:… or sha256:…');

/**
 * The image to start a container from, if the owner pinned one. It is not part of the task's identity, so a change does not restart running tasks and
 * affects later placements only.
 */
export const chosenImage = z.strictObject({
  image_digest: imageDigest
    .optional()
    .meta({ description: 'Image to run, even if its reference now points to a different image' }),
  pull_image: z.literal(true).optional().meta({
    description: 'Pull the reference from its registry again, even if the node has an image with that name',
  }),
});
export type ChosenImage = z.infer<typeof chosenImage>;

export function withoutChoice<Task extends ChosenImage>(task: Task): Task | Omit<Task, keyof ChosenImage> {
  if (task.image_digest === undefined && task.pull_image === undefined) return task;
  const { image_digest: _digest, pull_image: _pull, ...rest } = task;
  return rest;
}

/** Returns whether a string from a node is a content address. Third-party agents may report other strings. */
export function isImageDigest(text: string): boolean {
  return IMAGE_DIGEST.test(text);
}
