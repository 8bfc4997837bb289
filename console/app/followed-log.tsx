import { lazy, Suspense, type ReactNode } from 'react';
import { Loading } from '../parts/states/states.js';
import { DownloadLog } from './download-log.js';
import { followLog } from './follow-log.js';
import { NotRecorded } from './not-recorded.js';

const Log = lazy(async () => ({ default: (await import('../parts/log/log.js')).Log }));

/** Follows the log at a path until it ends. Log lines have no history, so pages of the past show the current lines and a note. */
export function FollowedLog({
  label,
  path,
  source = path,
  tools,
  onEmpty,
}: {
  readonly label: string;
  readonly path: string;
  /** If this changes, the log is read again from its start. Default: `path`. */
  readonly source?: string;
  readonly tools?: ReactNode;
  /** Called if the log ends without any lines. */
  readonly onEmpty?: () => void;
}): ReactNode {
  return (
    <>
      <NotRecorded what="Log lines are" />
      <Suspense fallback={<Loading what="the log" />}>
        <Log
          label={label}
          source={source}
          follow={(add, signal) => followLog(path, add, signal)}
          tools={tools}
          actions={<DownloadLog label={label} path={path} />}
          {...(onEmpty === undefined ? {} : { onEmpty })}
        />
      </Suspense>
    </>
  );
}
