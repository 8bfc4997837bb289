import type { ReactNode } from 'react';
import { Choice } from '../../app/choice.js';
import { FollowedLog } from '../../app/followed-log.js';
import { useSearch, useSetSearch } from '../../moment/in-url.js';

/** Number of past lines per instance to load initially. */
const TAIL = 1000;
const BOTH = 'both';

/** The output of a service's instances in one log. */
export function ServiceLogs({
  service,
  name,
}: {
  readonly service: string;
  readonly name: string;
}): ReactNode {
  const { stream: asked } = useSearch();
  const setSearch = useSetSearch();
  const stream = asked === 'stdout' || asked === 'stderr' ? asked : BOTH;
  const query = new URLSearchParams({ tail: String(TAIL) });
  if (stream !== BOTH) query.set('stream', stream);
  return (
    <FollowedLog
      label={`Log of ${name}`}
      path={`/api/v1/services/${encodeURIComponent(service)}/logs/follow?${query.toString()}`}
      tools={
        <Choice
          label="Stream"
          value={stream}
          options={[
            [BOTH, 'stdout and stderr'],
            ['stdout', 'stdout'],
            ['stderr', 'stderr'],
          ]}
          onChange={(next) => setSearch({ stream: next === BOTH ? undefined : next }, { replace: true })}
        />
      }
    />
  );
}
