import type { ReactNode } from 'react';
import { When } from '../moment/when.js';
import type { ExplainedKind } from './panel.js';
import { useWhy } from './use-why.js';
import { Words } from './words.js';

/** Says since when an object has its status, and who caused that. */
export function Since({
  kind,
  id,
  subjects,
}: {
  readonly kind: ExplainedKind;
  readonly id: string;
  readonly subjects: readonly string[];
}): ReactNode {
  const { data } = useWhy(kind, id, subjects);
  const since = data?.body.since ?? null;
  if (since === null) return <span className="muted">–</span>;
  const { at, position, actor, actor_name: name } = since;
  return (
    <>
      <When at={at} position={position} />
      {actor === null ? null : (
        <>
          {' by '}
          <Words text={name ?? actor} />
        </>
      )}
    </>
  );
}
