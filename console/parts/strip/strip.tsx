import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { StatusIcon } from '../status/status.js';
import css from './strip.module.css';

export interface Mark {
  readonly key: string;
  readonly status: string;
  readonly label: string;
  readonly path?: string;
}

export function Strip({
  marks,
  label,
}: {
  readonly marks: readonly Mark[];
  readonly label: string;
}): ReactNode {
  if (marks.length === 0) return <span className={css['none']}>–</span>;
  return (
    <span className={css['strip']} role="group" aria-label={label}>
      {marks.map(({ key, status, label: words, path }) =>
        path === undefined ? (
          <span key={key} title={words} role="img" aria-label={words} className={css['mark']}>
            <StatusIcon value={status} />
          </span>
        ) : (
          <Link key={key} to={path as '/'} title={words} aria-label={words} className={css['mark']}>
            <StatusIcon value={status} />
          </Link>
        ),
      )}
    </span>
  );
}
