import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

/** Links to the page of an event, which shows its stream, its cause and its effects. */
export function EventLink({
  position,
  label,
}: {
  readonly position: string;
  readonly label: string;
}): ReactNode {
  return (
    <Link to={`/events/${position}` as '/'} className="link" title={`Open event ${position}`}>
      {label}
    </Link>
  );
}
