import Anser from 'anser';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { grouped } from '../time/format.js';
import { LogLines, linesWith } from './lines.js';
import css from './log.module.css';

const ROW_PX = 18;

export interface LogProps {
  readonly label: string;
  /** Reads the log into `add` until it ends or the signal aborts. */
  readonly follow: (add: (text: string) => void, signal: AbortSignal) => Promise<void>;
  /** Identifies the source. A change restarts the log. */
  readonly source: string;
  readonly tools?: ReactNode;
  /** Shown after the search field. */
  readonly actions?: ReactNode;
  /** Called if the log ends without any lines. */
  readonly onEmpty?: () => void;
}

/** A log that follows its end while the end is visible. Scrolling up stops following. The button or End resumes it. */
export function Log({ label, follow, source, tools, actions, onEmpty }: LogProps): ReactNode {
  const { lines, dropped, state } = useLog(follow, source);
  const [search, setSearch] = useState('');
  const [following, setFollowing] = useState(true);
  const scroller = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => linesWith(lines, search), [lines, search]);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 30,
  });
  const end = shown.length - 1;
  const empty = state === 'ended' && lines.length === 0;
  const whenEmpty = useRef(onEmpty);
  useEffect(() => {
    whenEmpty.current = onEmpty;
  });
  useEffect(() => {
    if (empty) whenEmpty.current?.();
  }, [empty]);
  useEffect(() => {
    if (following && end >= 0) virtual.scrollToIndex(end, { align: 'end' });
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [end, following]);
  return (
    <section className={css['log']} aria-label={label}>
      <div className={css['tools']}>
        {tools}
        <input
          type="search"
          className="input"
          aria-label="Search the log"
          placeholder="Search, or /pattern/"
          value={search}
          onChange={({ target }) => setSearch(target.value)}
        />
        <span className={css['count']} role="status">
          {search === '' ? '' : `${grouped(shown.length)} of `}
          {grouped(lines.length)} {lines.length === 1 ? 'line' : 'lines'}
          {dropped > 0 ? `, ${grouped(dropped)} older ${dropped === 1 ? 'line' : 'lines'} dropped` : ''}
          {state === 'open' ? '' : ` · ${state === 'ended' ? 'ended' : state}`}
        </span>
        <button
          type="button"
          className="button"
          aria-pressed={following}
          onClick={() => setFollowing(!following)}
        >
          {following ? 'Following' : 'Follow'}
        </button>
        {actions}
      </div>
      {/* Scrolling up stops following. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div
        ref={scroller}
        className={css['lines']}
        role="log"
        aria-live="off"
        aria-label={`${label}: lines`}
        // Focusable, so it can be scrolled with the keyboard.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        onWheel={({ deltaY }) => {
          if (deltaY < 0) setFollowing(false);
        }}
        onKeyDown={({ key }) => {
          if (key === 'End') setFollowing(true);
          if (key === 'PageUp' || key === 'ArrowUp' || key === 'Home') setFollowing(false);
        }}
      >
        <div className={css['body']} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => (
            <div key={index} className={css['line']} style={{ transform: `translateY(${start}px)` }}>
              <span className={css['number']} aria-hidden="true">
                {dropped + index + 1}
              </span>
              <Line text={shown[index] ?? ''} />
            </div>
          ))}
        </div>
        {empty ? <p className={css['empty']}>No output.</p> : null}
      </div>
    </section>
  );
}

/** Renders terminal colours with a parser, so text never becomes markup. */
function Line({ text }: { readonly text: string }): ReactNode {
  if (!text.includes('\u001b')) return <bdi>{text}</bdi>;
  return (
    <bdi>
      {Anser.ansiToJson(text, { remove_empty: true, use_classes: true }).map(
        ({ content, fg, decorations }, place) => (
          <span
            key={place}
            className={[
              fg === null ? '' : (css[fg] ?? ''),
              decorations.includes('bold') ? (css['bold'] ?? '') : '',
            ].join(' ')}
          >
            {content}
          </span>
        ),
      )}
    </bdi>
  );
}

interface Read {
  readonly lines: readonly string[];
  readonly dropped: number;
  readonly state: string;
}

const NOTHING: Read = { lines: [], dropped: 0, state: 'open' };

function useLog(follow: LogProps['follow'], source: string): Read {
  const [shown, setShown] = useState(NOTHING);
  const latest = useRef(follow);
  useEffect(() => {
    latest.current = follow;
  });
  useEffect(() => {
    const controller = new AbortController();
    const log = new LogLines();
    let frame: number | undefined;
    let state = 'open';
    const show = (): void => {
      frame = undefined;
      setShown({ lines: [...log.lines], dropped: log.dropped, state });
    };
    // Pieces that arrive between frames are rendered together.
    const add = (text: string): void => {
      log.add(text);
      frame ??= requestAnimationFrame(show);
    };
    setShown(NOTHING);
    latest
      .current(add, controller.signal)
      .then(
        () => (state = 'ended'),
        (error: unknown) => (state = error instanceof Error ? error.message : String(error)),
      )
      .finally(() => {
        if (controller.signal.aborted) return;
        log.end();
        show();
      });
    return () => {
      controller.abort();
      if (frame !== undefined) cancelAnimationFrame(frame);
    };
  }, [source]);
  return shown;
}
