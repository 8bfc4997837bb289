import type { ReactNode } from 'react';
import { Name } from '../parts/name/name.js';
import { isUuid, short } from '../parts/name/short.js';
import { ObjectLink } from './object-link.js';
import { useSession } from './session.js';

/** Shows an actor: the own account by its name, another account by its id (also as `user:` and the id), linked to its page, or a component of Muster by name. */
export function Account({ id }: { readonly id: string }): ReactNode {
  const { me } = useSession();
  const account = id.replace(/^user:/, '');
  const own = me.account?.id === account ? me.account.name : undefined;
  return isUuid(account) ? (
    <ObjectLink kind="account" id={account} label={own ?? short(account)} mono={own === undefined} quiet />
  ) : (
    <Name text={id} />
  );
}
