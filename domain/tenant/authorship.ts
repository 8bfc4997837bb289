import { MusterError } from '../errors/index.js';

/** Who set something that a tenant keeps, and when, in milliseconds since 1970. */
export interface Authorship {
  /** Who set it first. */
  readonly createdBy: string;
  readonly createdAt: number;
  /** Who set it last. */
  readonly setBy: string;
  readonly setAt: number;
}

/** `by`: who asks; `any`: he may change what others have set. */
export interface Editor {
  readonly by: string;
  readonly any: boolean;
}

/** The same after it was set, for the first time where there is no former. */
export function authorshipAfter(former: Authorship | undefined, setBy: string, at: number): Authorship {
  const { createdBy = setBy, createdAt = at } = former ?? {};
  return { createdBy, createdAt, setBy, setAt: at };
}

/** Throws `MUSTER_E_FORBIDDEN` where another account set it first. `what`: with its article. */
export function checkMayEdit(what: string, former: Authorship | undefined, { by, any }: Editor): void {
  if (former !== undefined && !any && former.createdBy !== by)
    throw new MusterError('MUSTER_E_FORBIDDEN', { problem: `${what} is changed by who set it first, and by administrators` });
}
