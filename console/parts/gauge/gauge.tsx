import type { ReactNode } from 'react';
import css from './gauge.module.css';

/** Shows how much of a resource is used, as a bar and in numbers. */
export function Gauge({
  used,
  total,
  format = String,
}: {
  readonly used: number;
  readonly total: number;
  readonly format?: (amount: number) => string;
}): ReactNode {
  if (total === 0) return <span className={css['none']}>–</span>;
  const share = Math.min(1, used / total);
  return (
    <span className={css['gauge']} title={`${format(used)} of ${format(total)}`}>
      <span className={css['track']} aria-hidden="true">
        <span className={css['fill']} data-full={share > 0.9} style={{ width: `${share * 100}%` }} />
      </span>
      <span className={css['text']}>
        {format(used)} / {format(total)}
      </span>
    </span>
  );
}
