import { useRouter } from '@tanstack/react-router';
import { useEffect, useState, type ReactNode } from 'react';
import css from './list.module.css';

const TYPING_MS = 200;

export function Filter({
  value,
  title,
  placeholder = 'Filter: words, status:failed, owner:ann',
  onChange,
}: {
  readonly value: string;
  readonly title: string;
  readonly placeholder?: string;
  readonly onChange: (value: string) => void;
}): ReactNode {
  const { history } = useRouter();
  const [typed, setTyped] = useState(value);
  const [known, setKnown] = useState(value);
  if (known !== value) {
    // The URL has changed: the user went back or forward, or cleared the filter.
    setKnown(value);
    setTyped(value);
  }
  useEffect(() => {
    if (typed === value) return undefined;
    const { pathname } = history.location;
    const timer = setTimeout(() => {
      // A page that is being opened must not get the filter of the page that is being left.
      if (history.location.pathname === pathname) onChange(typed);
    }, TYPING_MS);
    return () => clearTimeout(timer);
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [typed]);
  return (
    <input
      type="search"
      className={`input ${css['filter']}`}
      aria-label={`Filter: ${title}`}
      placeholder={placeholder}
      value={typed}
      onChange={({ target }) => setTyped(target.value)}
      onKeyDown={({ key, currentTarget }) => {
        if (key === 'Escape') currentTarget.blur();
      }}
    />
  );
}
