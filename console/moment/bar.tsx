import { useQueryClient } from '@tanstack/react-query';
import {
  ArrowLeftRight,
  ChartNoAxesColumn,
  ChevronFirst,
  ChevronLast,
  ChevronLeft,
  ChevronRight,
  ChevronsLeft,
  ChevronsRight,
  History,
  Link2,
  Star,
} from 'lucide-react';
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from 'react';
import { ApiError, resolveMoment } from '../api/client.js';
import { serverNow } from '../api/server-time.js';
import { change, useSettings } from '../app/settings.js';
import { copy } from '../app/copy.js';
import { useKeys } from '../app/keys.js';
import { absolute, grouped, relative } from '../parts/time/format.js';
import { changesOf, nextTo } from './search.js';
import { MomentField } from './field.js';
import { useSearch, useSetSearch } from './in-url.js';
import { useClock, useFeed } from './moment.js';
import { changeNextTo } from './steps.js';
import { useSubject } from './subject.js';
import css from './bar.module.css';

const Track = lazy(async () => ({ default: (await import('./track.js')).Track }));
const MarksDialog = lazy(async () => ({ default: (await import('./marks-dialog.js')).MarksDialog }));
const Comparison = lazy(async () => ({ default: (await import('./comparison.js')).Comparison }));
/** How far back the comparison starts on pages that are not about one object, in milliseconds. */
const COMPARED_MS = 3_600_000;

/** Shows the selected moment and controls to change it. The past is shown in amber. */
export function MomentBar(): ReactNode {
  const { at, vs } = useSearch();
  const setSearch = useSetSearch();
  const { utc, timeline } = useSettings();
  const { time, known } = useClock();
  const { position: head } = useFeed();
  const [note, setNote] = useState<string>();
  const [marking, setMarking] = useState(false);
  const go = (position: string | undefined, scrubs = false): void => {
    setNote(undefined);
    setSearch({ at: position }, { scrubs });
  };
  const step = useStep(at, head, go, setNote);
  const event = (by: bigint): void => {
    const to = BigInt(at ?? head ?? 0) + (at === undefined && by < 0n ? 0n : by);
    if (to < 0n || (head !== undefined && to > BigInt(head))) return;
    go(String(to), true);
  };
  const failure = useFailure(at, head, go, setNote);
  useResolved('at', setNote);
  useResolved('vs', setNote);
  const field = useRef<HTMLInputElement>(null);
  const otherField = useRef<HTMLInputElement>(null);
  const compare = useCompare(at, head, setNote);
  const swap = (): void => {
    if (vs !== undefined) setSearch({ at: vs, vs: at ?? head });
  };
  const end = (): void => setSearch({ vs: undefined });
  useKeys({
    t: () => field.current?.focus(),
    b: () => setMarking(true),
    '[': () => void step('previous'),
    ']': () => void step('next'),
    '{': () => event(-1n),
    '}': () => event(1n),
    '(': () => void failure('previous'),
    ')': () => void failure('next'),
    c: () => (vs === undefined ? void compare() : otherField.current?.focus()),
    x: swap,
    Escape: () => {
      if (vs !== undefined) end();
      else if (at !== undefined) go(undefined);
    },
  });
  const past = at !== undefined;
  const exact = past && /^\d+$/.test(at);
  return (
    <section aria-label="Moment">
      <div className={css['bar']} data-past={past}>
        <span className={css['state']}>
          <History size={15} aria-hidden="true" />
          {past ? (
            <>
              <strong>{known ? `${absolute(time, new Date(0), utc)}${utc ? ' UTC' : ''}` : '…'}</strong>
              {exact ? <span className={css['position']}>#{grouped(at)}</span> : null}
              <span className={css['ago']}>{known ? `${relative(time, serverNow())} · ` : ''}read only</span>
            </>
          ) : (
            <span>Now</span>
          )}
        </span>
        <span className={css['buttons']}>
          <Step
            label="Previous failure on this page, key ("
            onClick={() => void failure('previous')}
            icon={<ChevronsLeft size={15} aria-hidden="true" className={css['failure']} />}
          />
          <Step
            label="Previous event ({)"
            onClick={() => event(-1n)}
            icon={<ChevronFirst size={15} aria-hidden="true" />}
          />
          <Step
            label="Previous change on this page ([)"
            onClick={() => void step('previous')}
            icon={<ChevronLeft size={15} aria-hidden="true" />}
          />
          <Step
            label="Next change on this page (])"
            disabled={!past}
            onClick={() => void step('next')}
            icon={<ChevronRight size={15} aria-hidden="true" />}
          />
          <Step
            label="Next event (})"
            disabled={!past}
            onClick={() => event(1n)}
            icon={<ChevronLast size={15} aria-hidden="true" />}
          />
          <Step
            label="Next failure on this page, key )"
            disabled={!past}
            onClick={() => void failure('next')}
            icon={<ChevronsRight size={15} aria-hidden="true" className={css['failure']} />}
          />
        </span>
        <MomentField
          field={field}
          label="Go to a moment: a time such as 14:32, yesterday 14:05 or -15m, or a position such as #18204"
          onMoment={go}
          onProblem={setNote}
        />
        <button
          type="button"
          className="button quiet"
          aria-pressed={timeline}
          onClick={() => change({ timeline: !timeline })}
        >
          <ChartNoAxesColumn size={15} aria-hidden="true" /> Timeline
        </button>
        <button
          type="button"
          className="button quiet"
          aria-label="Marks"
          title="Mark this moment (b)"
          aria-haspopup="dialog"
          onClick={() => setMarking(true)}
        >
          <Star size={15} aria-hidden="true" />
        </button>
        {vs === undefined ? (
          <button
            type="button"
            className="button quiet"
            title={past ? 'Compare this moment with now (c)' : 'Compare with an earlier moment (c)'}
            onClick={() => void compare()}
          >
            <ArrowLeftRight size={15} aria-hidden="true" /> Compare
          </button>
        ) : null}
        {past || vs !== undefined ? (
          <button
            type="button"
            className="button quiet"
            aria-label="Copy link"
            title="Copy a link to this moment"
            onClick={() => void copyLink(setNote)}
          >
            <Link2 size={15} aria-hidden="true" />
          </button>
        ) : null}
        {past ? (
          <button
            type="button"
            className={`button ${css['live']}`}
            title="Back to now (Esc)"
            onClick={() => go(undefined)}
          >
            Back to now
          </button>
        ) : null}
        <span role="status" className={css['note']}>
          {note}
        </span>
      </div>
      <Suspense>
        {marking ? (
          <MarksDialog
            position={known && (exact || !past) ? (at ?? head) : undefined}
            time={time}
            onClose={() => setMarking(false)}
          />
        ) : null}
        {timeline ? <Track /> : null}
        {vs === undefined ? null : (
          <Comparison
            field={otherField}
            onMoment={(moment) => setSearch({ vs: moment })}
            onSwap={swap}
            onEnd={end}
            onProblem={setNote}
          />
        )}
      </Suspense>
    </section>
  );
}

function Step({
  label,
  icon,
  onClick,
  disabled = false,
}: {
  readonly label: string;
  readonly icon: ReactNode;
  readonly onClick: () => void;
  readonly disabled?: boolean;
}): ReactNode {
  return (
    <button
      type="button"
      className="button quiet"
      aria-label={label}
      title={label}
      onClick={onClick}
      disabled={disabled}
    >
      {icon}
    </button>
  );
}

function useStep(
  at: string | undefined,
  head: string | undefined,
  go: (position: string) => void,
  say: (note: string | undefined) => void,
): (direction: 'previous' | 'next') => Promise<void> {
  const client = useQueryClient();
  const subject = useSubject();
  return async (direction) => {
    if (at !== undefined && !/^\d+$/.test(at)) return;
    try {
      const position = await changeNextTo(direction, { client, at, head, subject });
      if (position === undefined)
        say(
          direction === 'next'
            ? 'There are no later changes on this page.'
            : 'There are no earlier changes on this page.',
        );
      else go(position);
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
  };
}

/** Goes to the previous or next failure: of the page's object, or of any object if the page is not about one. */
function useFailure(
  at: string | undefined,
  head: string | undefined,
  go: (position: string) => void,
  say: (note: string | undefined) => void,
): (direction: 'previous' | 'next') => Promise<void> {
  const subject = useSubject();
  return async (direction) => {
    if ((at !== undefined && !/^\d+$/.test(at)) || (at === undefined && direction === 'next')) return;
    const what = subject === undefined ? 'Nothing' : 'Nothing on this page';
    const when = direction === 'next' ? 'later' : 'earlier';
    say('Looking for a failure …');
    try {
      const found = await nextTo(direction, { at, head }, changesOf(subject));
      if (found.position !== undefined) go(found.position);
      else if (found.complete) say(`${what} failed ${when}.`);
      else say(`${what} failed near this moment. The timeline shows more distant failures.`);
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
  };
}

/** Compares the selected moment with now. A page that shows now is compared with the time before its object's last change, or an hour ago. */
function useCompare(
  at: string | undefined,
  head: string | undefined,
  say: (note: string | undefined) => void,
): () => Promise<void> {
  const client = useQueryClient();
  const subject = useSubject();
  const setSearch = useSetSearch();
  return async () => {
    if (at !== undefined) {
      setSearch({ vs: at, at: undefined });
      return;
    }
    if (subject === undefined) {
      setSearch({ vs: new Date(serverNow().getTime() - COMPARED_MS).toISOString() });
      return;
    }
    try {
      const last = await changeNextTo('previous', { client, at, head, subject });
      setSearch({ vs: last === undefined || BigInt(last) < 2n ? FIRST : String(BigInt(last) - 1n) });
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
  };
}

/** The first position of a log. */
const FIRST = '1';

/** Replaces a time in the URL with its position, so that a link keeps its meaning. */
function useResolved(name: 'at' | 'vs', say: (note: string | undefined) => void): void {
  const moment = useSearch()[name];
  const setSearch = useSetSearch();
  useEffect(() => {
    if (moment === undefined || /^\d+$/.test(moment)) return undefined;
    const controller = new AbortController();
    resolveMoment(moment, controller.signal)
      .then(({ position }) => setSearch({ [name]: position }, { replace: true }))
      .catch((error: unknown) => {
        if (controller.signal.aborted) return;
        // If the time is before the beginning of the log, the first position is used.
        if (name === 'vs' && error instanceof ApiError && error.status === 404)
          setSearch({ vs: FIRST }, { replace: true });
        else say(error instanceof ApiError ? error.message : String(error));
      });
    return () => controller.abort();
  }, [name, moment, say, setSearch]);
}

async function copyLink(say: (note: string) => void): Promise<void> {
  const copied = await copy(location.href);
  say(
    copied
      ? 'Link copied.'
      : 'The browser does not allow copying. Copy the URL from the address bar instead.',
  );
}
