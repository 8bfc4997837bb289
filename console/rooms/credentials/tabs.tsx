import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import css from '../../app/detail.module.css';

/** Switches between the lists of secrets and of registry credentials. */
export function SecretTabs(): ReactNode {
  return (
    <nav className={css['links']} aria-label="Kinds of secrets">
      <Link to={'/secrets' as '/'}>Secrets</Link>
      <Link to={'/registries' as '/'}>Registries</Link>
    </nav>
  );
}
