import { useState, useSyncExternalStore, type ReactNode } from 'react';
import { clockAhead, onClockAhead } from '../api/server-time.js';
import { duration } from '../parts/time/format.js';
import { useSession } from './session.js';
import css from './notices.module.css';

/** Warns if the page was loaded from a different version than the server runs, or if the computer's clock is wrong. */
export function Notices(): ReactNode {
  const { version } = useSession().me.server;
  const [loaded] = useState(version);
  const ahead = useSyncExternalStore(onClockAhead, clockAhead);
  return (
    <>
      {version === loaded ? null : (
        <p className={css['notice']} role="alert">
          The server now runs version {version}, but this page was loaded from version {loaded}.{' '}
          <button type="button" className="button" onClick={() => location.reload()}>
            Reload
          </button>
        </p>
      )}
      {ahead === 0 ? null : (
        <p className={css['notice']} role="note">
          This computer's clock is {duration(Math.abs(ahead) / 1000)} {ahead > 0 ? 'ahead of' : 'behind'} the
          server's clock. All times use the server's clock.
        </p>
      )}
    </>
  );
}
