import Anser from 'anser';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { grouped } from '../time/format.js';
import { LogLines, matchesIn, stepThrough } from './lines.js';
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
  const [only, setOnly] = useState(true);
  /** The match that was last jumped to, as a place among all matches. */
  const [current, setCurrent] = useState<number>();
  const searches = search !== '';
  const matches = useMemo(() => (searches ? matchesIn(lines, search) : []), [lines, search, searches]);
  const shown = searches && only ? matches : undefined;
  const virtual = useVirtualizer({
    count: shown?.length ?? lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 30,
  });
  const end = (shown?.length ?? lines.length) - 1;
  const jump = (by: 1 | -1): void => {
    const to = stepThrough(matches.length, current, by);
    if (to === undefined) return;
    setFollowing(false);
    setCurrent(to);
    virtual.scrollToIndex(shown === undefined ? (matches[to] ?? 0) : to, { align: 'center' });
  };
  useJumpKeys(jump);
  const empty = state === 'ended' && lines.length === 0;
  useWhenEmpty(empty, onEmpty);
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
          onChange={({ target }) => {
            setSearch(target.value);
            setCurrent(undefined);
          }}
          onKeyDown={({ key, shiftKey }) => {
            if (key === 'Enter') jump(shiftKey ? -1 : 1);
          }}
        />
        {searches ? <Toggle on={only} label="Only matches" onClick={() => setOnly(!only)} /> : null}
        <span className={css['count']} role="status">
          {current === undefined ? '' : `match ${grouped(current + 1)} · `}
          {searches ? `${grouped(matches.length)} of ` : ''}
          <Extent lines={lines.length} dropped={dropped} state={state} />
        </span>
        <Toggle
          on={following}
          label={following ? 'Following' : 'Follow'}
          onClick={() => setFollowing(!following)}
        />
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
          {virtual.getVirtualItems().map(({ index, start }) => {
            const place = shown === undefined ? index : (shown[index] ?? 0);
            const marked = current !== undefined && place === matches[current];
            const line = { number: dropped + place + 1, text: lines[place] ?? '', marked };
            return <Row key={index} start={start} {...line} />;
          })}
        </div>
        {lines.length === 0 ? <p className={css['empty']}>{nothingOf(state)}</p> : null}
      </div>
    </section>
  );
}

/** Says why there are no lines. An empty log, one that may still get lines, and one that could not be read never look alike. */
function nothingOf(state: string): string {
  if (state === 'open') return 'Waiting for output …';
  return state === 'ended' ? 'No output.' : `The log could not be read: ${state}`;
}

function Toggle({
  on,
  label,
  onClick,
}: {
  readonly on: boolean;
  readonly label: string;
  readonly onClick: () => void;
}): ReactNode {
  return (
    <button type="button" className="button" aria-pressed={on} onClick={onClick}>
      {label}
    </button>
  );
}

function Row({
  number,
  text,
  start,
  marked,
}: {
  readonly number: number;
  readonly text: string;
  readonly start: number;
  /** Whether the last jump led here. */
  readonly marked: boolean;
}): ReactNode {
  return (
    <div
      className={css['line']}
      aria-current={marked ? 'true' : undefined}
      style={{ transform: `translateY(${start}px)` }}
    >
      <span className={css['number']} aria-hidden="true">
        {number}
      </span>
      <Line text={text} />
    </div>
  );
}

function Extent({
  lines,
  dropped,
  state,
}: {
  readonly lines: number;
  readonly dropped: number;
  readonly state: string;
}): ReactNode {
  return (
    <>
      {grouped(lines)} {lines === 1 ? 'line' : 'lines'}
      {dropped > 0 ? `, ${grouped(dropped)} older ${dropped === 1 ? 'line' : 'lines'} dropped` : ''}
      {state === 'open' ? '' : ` · ${state === 'ended' ? 'ended' : state}`}
    </>
  );
}

function useWhenEmpty(empty: boolean, onEmpty: (() => void) | undefined): void {
  const latest = useRef(onEmpty);
  useEffect(() => {
    latest.current = onEmpty;
  });
  useEffect(() => {
    if (empty) latest.current?.();
  }, [empty]);
}

/** Jumps between matches with `n` and `N`, unless the user is typing or a dialog is open. */
function useJumpKeys(jump: (by: 1 | -1) => void): void {
  const latest = useRef(jump);
  useEffect(() => {
    latest.current = jump;
  });
  useEffect(() => {
    const press = ({ key, ctrlKey, metaKey, altKey, target }: KeyboardEvent): void => {
      if (ctrlKey || metaKey || altKey || (key !== 'n' && key !== 'N')) return;
      if (target instanceof Element && target.matches('input, textarea, select, [contenteditable]')) return;
      if (document.querySelector('dialog[open]') === null) latest.current(key === 'n' ? 1 : -1);
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
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
