import { MusterError } from '../../kernel/errors/index.js';

/** Who set a tenant's object and when, in milliseconds since 1970. */
export interface Authorship {
  readonly createdBy: string;
  readonly createdAt: number;
  readonly setBy: string;
  readonly setAt: number;
}

/** `by`: the requesting account; `any`: it may change what others have set. */
export interface Editor {
  readonly by: string;
  readonly any: boolean;
}

/** Returns the authorship after a change; without `former`, after the creation. */
export function authorshipAfter(former: Authorship | undefined, setBy: string, at: number): Authorship {
  const { createdBy = setBy, createdAt = at } = former ?? {};
  return { createdBy, createdAt, setBy, setAt: at };
}

/** Throws `MUSTER_E_FORBIDDEN` when another account set it first. `what`: the object with its article. */
export function checkMayEdit(what: string, former: Authorship | undefined, { by, any }: Editor): void {
  if (former !== undefined && !any && former.createdBy !== by)
    throw new MusterError('MUSTER_E_FORBIDDEN', {
      problem: `${what} is changed by who set it first, and by administrators`,
    });
}
