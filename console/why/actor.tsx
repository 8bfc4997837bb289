import type { ReactNode } from 'react';
import { Words } from './words.js';

interface ActorProps {
  /** Null if it is not known. */
  readonly actor: string | null;
  /** Its name, and the API key that it used. */
  readonly actor_name: string | null;
}

/** Shows who caused an event, by name. */
export function Actor({ actor, actor_name: name }: ActorProps): ReactNode {
  if (actor === null) return null;
  return (
    <>
      {' · '}
      <Words text={name ?? actor} />
    </>
  );
}
