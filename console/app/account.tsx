import type { ReactNode } from 'react';
import { Name } from '../parts/name/name.js';
import { isUuid, short } from '../parts/name/short.js';
import { ObjectLink } from './object-link.js';
import { useSession } from './session.js';

/** Shows an actor: an account by its name (or `user:` and its id if only that is known), linked to its page, or a component of Muster by name. */
export function Account({
  id,
  name,
}: {
  readonly id: string;
  /** With the API key that the account used. */
  readonly name?: string | null | undefined;
}): ReactNode {
  const { me } = useSession();
  const account = id.replace(/^user:/, '');
  const known = name ?? (me.account?.id === account ? me.account.name : undefined);
  return isUuid(account) ? (
    <ObjectLink
      kind="account"
      id={account}
      label={known ?? short(account)}
      mono={known === undefined}
      quiet
    />
  ) : (
    <Name text={name ?? id} />
  );
}
