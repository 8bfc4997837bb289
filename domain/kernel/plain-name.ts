import { MusterError } from './errors/index.js';

/** NUL is refused, because C programs would cut the name there. */
export const PLAIN_NAME = /^[^\u0000]*$/;
export const PLAIN_NAME_RULE = 'must not contain NUL';

/** A visible character: no space, control character, joiner, filler, empty Braille cell, or mark without a letter. */
export const VISIBLE_CHARACTER = /[^\s\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u;
export const VISIBLE_CHARACTER_RULE = 'must have a character that is seen';
const NUMBER = /^\d+$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Other identifiers of an object. Commands accept name or id, so no name may look like an id. */
export type OtherNames = 'number' | 'uuid' | 'none';

export function comparedName(name: string): string {
  return name.normalize('NFC');
}

/**
 * Throws `MUSTER_E_INVALID` for a new name without a visible character, or one that looks like another object's id. An
 * object that already had such a name (`before`) may keep it.
 */
export function checkNewName(field: string, name: string, ids: OtherNames, before?: string): void {
  if (before !== undefined && comparedName(before) === comparedName(name)) return;
  const problem = newNameProblem(name, ids);
  if (problem !== undefined) throw new MusterError('MUSTER_E_INVALID', { field, problem });
}

function newNameProblem(name: string, ids: OtherNames): string | undefined {
  if (!VISIBLE_CHARACTER.test(name)) return VISIBLE_CHARACTER_RULE;
  if (ids === 'number' && NUMBER.test(name))
    return 'must not be a number: it could be the number of another one';
  if (ids === 'uuid' && UUID.test(name)) return 'must not be a UUID: it could be the id of another one';
  return undefined;
}
