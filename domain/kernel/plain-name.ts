import { MusterError } from './errors/index.js';

/** NUL is refused, because C programs would truncate the name there. */
export const PLAIN_NAME = /^[^\u0000]*$/;
export const PLAIN_NAME_RULE = 'must not contain NUL';

/** A visible character: no space, control character, joiner, filler, empty Braille cell, or mark without a letter. */
export const VISIBLE_CHARACTER = /[^\s\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u;
export const VISIBLE_CHARACTER_RULE = 'must contain a visible character';
/** Characters that show nothing or change the direction of the text around them. Joiners and variation selectors are part of some languages' words. */
const HIDDEN =
  /(?![\u200c\u200d\p{Variation_Selector}])[\p{Cc}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/u;
const NUMBER = /^\d+$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Kind of id that an object has besides its name. Commands accept a name or an id, so no name may look like an id. */
export type OtherNames = 'number' | 'uuid' | 'none';

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

export function comparedName(name: string): string {
  return name.normalize('NFC');
}

/**
 * Throws `MUSTER_E_INVALID` if a new name has no visible character, has hidden ones, or looks like the id of another object. An object may keep the name that it
 * already had (`before`).
 */
export function checkNewName(field: string, name: string, ids: OtherNames, before?: string): void {
  if (before !== undefined && comparedName(before) === comparedName(name)) return;
  const problem = newNameProblem(name, ids);
  if (problem !== undefined) throw new MusterError('MUSTER_E_INVALID', { field, problem });
}

function newNameProblem(name: string, ids: OtherNames): string | undefined {
  if (!VISIBLE_CHARACTER.test(name)) return VISIBLE_CHARACTER_RULE;
  if (HIDDEN.test(name)) return 'must not contain invisible characters';
  if (ids === 'number' && NUMBER.test(name))
    return 'must not be a number: it could be confused with the number of another object';
  if (ids === 'uuid' && isUuid(name))
    return 'must not be a UUID: it could be confused with the id of another object';
  return undefined;
}
