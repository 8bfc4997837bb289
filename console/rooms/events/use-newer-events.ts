import { useEffect, useState } from 'react';
import { feed } from '../../api/live.js';
import type { Change } from '../../api/types.js';
import { followedBy, type Followed } from './followed.js';

/** Milliseconds between updates of the page. */
const SHOW_MS = 250;
/** Collects the events of the change feed. Returns undefined if `follows` is false or the feed has no position yet. */
export function useNewerEvents(follows: boolean): Followed | undefined {
  const [followed, setFollowed] = useState<Followed>();
  useEffect(() => {
    if (!follows) return;
    let now: Followed | undefined;
    let received: Change[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const begin = (): void => {
      const { position } = feed.status();
      if (now !== undefined || position === undefined) return;
      now = { after: position, events: [], seen: 0 };
      setFollowed(now);
    };
    const show = (): void => {
      timer = undefined;
      if (now === undefined) return;
      now = followedBy(now, received);
      received = [];
      setFollowed(now);
    };
    const stopStatus = feed.onStatus(begin);
    const stopChanges = feed.onChange((change) => {
      if (now === undefined) return;
      received.push(change);
      timer ??= setTimeout(show, SHOW_MS);
    });
    begin();
    return () => {
      stopStatus();
      stopChanges();
      clearTimeout(timer);
    };
  }, [follows]);
  return follows ? followed : undefined;
}
