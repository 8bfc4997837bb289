import { MusterError } from '../../kernel/errors/index.js';
import type { EventMetadata } from '../../kernel/event/index.js';

/** Who created and who last set a tenant's object, with times in milliseconds since 1970. */
export interface Authorship {
  readonly createdBy: string;
  readonly createdAt: number;
  readonly setBy: string;
  readonly setAt: number;
  /** Id of the API key with which it was last set. Undefined if none was used. */
  readonly setWith?: string | undefined;
}

export interface Editor {
  readonly by: string;
  readonly any: boolean;
}

/** Returns the authorship after a change, or after the creation if `former` is undefined. */
export function authorshipAfter(
  former: Authorship | undefined,
  setBy: string,
  { at, apiKey }: Pick<EventMetadata, 'at' | 'apiKey'>,
): Authorship {
  const { createdBy = setBy, createdAt = at } = former ?? {};
  return { createdBy, createdAt, setBy, setAt: at, ...(apiKey !== undefined && { setWith: apiKey }) };
}

/** Throws `MUSTER_E_FORBIDDEN` if a different account created the object and the editor may not edit `any`. `what` names it, with its article. */
export function checkMayEdit(what: string, former: Authorship | undefined, { by, any }: Editor): void {
  if (former !== undefined && !any && former.createdBy !== by)
    throw new MusterError('MUSTER_E_FORBIDDEN', {
      problem: `only the creator or an administrator can change or remove ${what}`,
    });
}
