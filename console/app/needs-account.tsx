import type { ReactNode } from 'react';
import { Empty } from '../parts/states/states.js';
import { useSession } from './session.js';

/** Shows content that requires an account. Users without an account, such as the operator of the machine, can sign in instead. */
export function NeedsAccount({
  what,
  children,
}: {
  readonly what: string;
  readonly children: ReactNode;
}): ReactNode {
  const { me, signIn } = useSession();
  if (me.account !== null) return children;
  return (
    <Empty title={`Sign in to see ${what}`}>
      <button type="button" className="button" onClick={signIn}>
        Sign in with an account
      </button>
    </Empty>
  );
}
