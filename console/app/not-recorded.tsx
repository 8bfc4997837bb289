import type { ReactNode } from 'react';
import { useAt } from '../moment/in-url.js';
import css from './not-recorded.module.css';

/** Marks a part of a past page whose data is not recorded. That part shows current data, or nothing if `leftOut`. */
export function NotRecorded({
  what,
  leftOut = false,
}: {
  readonly what: string;
  readonly leftOut?: boolean;
}): ReactNode {
  const at = useAt();
  return at === undefined ? null : (
    <p className={css['badge']} role="note">
      {what} not recorded. {leftOut ? 'Go back to now to see them.' : 'The current ones are shown.'}
    </p>
  );
}
