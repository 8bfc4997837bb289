import { z } from 'zod';

/** Characters of the longest digest that a node may tell of an image. */
export const MAX_IMAGE_DIGEST = 600;

/** An image by what it holds: `repository@sha256:…`, or the id of one that came from no registry. */
const IMAGE_DIGEST = /^(?:[^@\s]+@)?sha256:[0-9a-f]{64}$/;
export const imageDigest = z.string().max(MAX_IMAGE_DIGEST).regex(IMAGE_DIGEST, 'must be repository@sha256:… or sha256:…');

/**
 * Which image a task of a container is begun from, where its owner has said it. It is no part of what the task is: what runs goes on when it
 * changes, and what is placed from then on is begun from it.
 */
export const chosenImage = z.strictObject({
  image_digest: imageDigest.optional().meta({ description: 'The image, whatever its reference names by now' }),
  pull_image: z
    .literal(true)
    .optional()
    .meta({ description: 'Its reference is asked of its registry once more, although the node may have an image of that name' }),
});
export type ChosenImage = z.infer<typeof chosenImage>;

/** Without what is chosen. The same object: nothing was. */
export function withoutChoice<Task extends ChosenImage>(task: Task): Task | Omit<Task, keyof ChosenImage> {
  if (task.image_digest === undefined && task.pull_image === undefined) return task;
  const { image_digest: _digest, pull_image: _pull, ...rest } = task;
  return rest;
}

/** Whether what a node says of an image says what the image holds. Other agents than ours may name it otherwise. */
export function isImageDigest(text: string): boolean {
  return IMAGE_DIGEST.test(text);
}
