import type { ReactNode } from 'react';
import { Name } from '../parts/name/name.js';
import { isUuid, short } from '../parts/name/short.js';
import { ObjectLink } from './object-link.js';

/** Shows an actor: an account by its id (also as `user:` and the id), linked to its page, or a component of Muster by name. */
export function Account({ id }: { readonly id: string }): ReactNode {
  const account = id.replace(/^user:/, '');
  return isUuid(account) ? (
    <ObjectLink kind="account" id={account} label={short(account)} mono />
  ) : (
    <Name text={id} />
  );
}
