import type { ReactNode } from 'react';
import { Words } from './words.js';

interface ActorProps {
  /** Null for events that no account caused. */
  readonly actor: string | null;
  /** The account's username, and the API key that it used. Null if the account is erased, or if the actor is not an account. */
  readonly actor_name: string | null;
}

/** Shows who caused an event, by username if there is one. */
export function Actor({ actor, actor_name: name }: ActorProps): ReactNode {
  if (actor === null) return null;
  return (
    <>
      {' · '}
      <Words text={name ?? actor} />
    </>
  );
}
