import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useSettings } from '../app/settings.js';
import { absolute, duration, relative } from '../parts/time/format.js';
import { useClock } from './moment.js';
import css from './when.module.css';

/** Shows a time, absolute or relative to the selected moment, as a link that selects it. */
export function When({
  at,
  position,
}: {
  readonly at: string | null | undefined;
  readonly position?: string;
}): ReactNode {
  const { utc, relative: counted } = useSettings();
  const { time: from } = useClock();
  if (at === null || at === undefined) return <span className={css['none']}>–</span>;
  const time = new Date(at);
  const text = counted ? relative(time, from) : absolute(time, from, utc);
  const exact = absolute(time, from, utc, true);
  const label = <time dateTime={at}>{text}</time>;
  if (time > from && position === undefined) return <span title={exact}>{label}</span>;
  return (
    <Link
      to="."
      search={
        ((former: Record<string, unknown>) => ({ ...former, at: position ?? time.toISOString() })) as never
      }
      className={css['when']}
      title={`${exact}: show this moment`}
    >
      {label}
    </Link>
  );
}

/** Shows a duration, measured up to the selected moment if it has not ended. */
export function Took({ from, to }: { readonly from: string | null; readonly to: string | null }): ReactNode {
  const { time } = useClock();
  if (from === null) return <span className={css['none']}>–</span>;
  const end = to === null ? time : new Date(to);
  return <span className={css['took']}>{duration((end.getTime() - new Date(from).getTime()) / 1000)}</span>;
}
