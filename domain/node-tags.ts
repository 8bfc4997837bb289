import { z } from 'zod';

/** A word that an operator gives to nodes, and that tasks ask for. */
export const nodeTag = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'a tag must match [A-Za-z0-9][A-Za-z0-9._-]{0,62}');
const MAX_TAGS = 32;

export const nodeTags = z
  .array(nodeTag)
  .max(MAX_TAGS)
  .refine((tags) => new Set(tags).size === tags.length, 'names a tag twice');

const PREFIX = 'tag.';
/** What the attribute of a tag says where the node has it. */
export const TAGGED = 'true';

/** The attribute that a constraint names for a tag. */
export function attributeOfTag(tag: string): string {
  return PREFIX + tag;
}

/** The tag that an attribute means; undefined: it means none. */
export function tagOfAttribute(attribute: string): string | undefined {
  return attribute.startsWith(PREFIX) ? attribute.slice(PREFIX.length) : undefined;
}
