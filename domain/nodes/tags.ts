import { z } from 'zod';

export const nodeTag = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'a tag must match [A-Za-z0-9][A-Za-z0-9._-]{0,62}');
const MAX_TAGS = 32;

export const nodeTags = z
  .array(nodeTag)
  .max(MAX_TAGS)
  .refine((tags) => new Set(tags).size === tags.length, 'duplicate tag');

const PREFIX = 'tag.';
export const TAGGED = 'true';

export function attributeOfTag(tag: string): string {
  return PREFIX + tag;
}

export function tagOfAttribute(attribute: string): string | undefined {
  return attribute.startsWith(PREFIX) ? attribute.slice(PREFIX.length) : undefined;
}
