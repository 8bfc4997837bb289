import { ArrowLeftRight, X } from 'lucide-react';
import type { ReactNode, RefObject } from 'react';
import type { components } from '../generated/audit.js';
import { useSettings } from '../app/settings.js';
import { absolute, grouped } from '../parts/time/format.js';
import { changedPath, RECORDED_KINDS } from './changed.js';
import { MomentField } from './field.js';
import { useRange, useSearch, type Range } from './in-url.js';
import { useTimeOf } from './moment.js';
import { useRead } from './use-read.js';
import css from './comparison.module.css';

type Changed = components['schemas']['ChangedObjects'];

/** Shows the other moment of a comparison, and how many objects differ. */
export function Comparison({
  field,
  onMoment,
  onSwap,
  onEnd,
  onProblem,
}: {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly onMoment: (vs: string) => void;
  readonly onSwap: () => void;
  readonly onEnd: () => void;
  readonly onProblem: (problem: string | undefined) => void;
}): ReactNode {
  const { vs } = useSearch();
  const range = useRange();
  const time = useTimeOf(vs);
  const { utc } = useSettings();
  return (
    <div className={css['comparison']} role="group" aria-label="Comparison">
      <span className={css['with']}>
        <ArrowLeftRight size={15} aria-hidden="true" />
        Compared with{' '}
        <strong>
          {time === undefined ? '…' : `${absolute(time, new Date(0), utc)}${utc ? ' UTC' : ''}`}
        </strong>
        {vs !== undefined && /^\d+$/.test(vs) ? (
          <span className={css['position']}>#{grouped(vs)}</span>
        ) : null}
      </span>
      <MomentField
        field={field}
        label="Compare with a moment: a time such as 14:32, yesterday 14:05 or -15m, or a position such as #18204"
        onMoment={onMoment}
        onProblem={onProblem}
      />
      <button type="button" className="button quiet" title="Swap the two moments (x)" onClick={onSwap}>
        Swap <kbd>x</kbd>
      </button>
      <button type="button" className="button quiet" onClick={onEnd}>
        <X size={15} aria-hidden="true" /> End comparison
      </button>
      {range === undefined ? null : <Summary range={range} />}
    </div>
  );
}

function Summary({ range }: { readonly range: Range }): ReactNode {
  const { data, error } = useRead<Changed>(changedPath(range), { now: true, subjects: RECORDED_KINDS });
  if (data === undefined) return error === null ? null : <span role="status">{error.message}</span>;
  const { objects, next } = data.body;
  const count = (change: string): number => objects.filter((each) => each.change === change).length;
  return (
    <span className={css['summary']} role="status">
      Objects: {count('created')} added, {count('changed')} changed, {count('ended')} removed
      {next === null ? '' : ', and more'}
    </span>
  );
}
