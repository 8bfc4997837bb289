import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Name } from '../parts/name/name.js';
import { visible } from '../parts/name/visible.js';

/** Path prefix of object pages, by kind. */
const PATHS: Readonly<Record<string, string>> = {
  job: '/jobs',
  node: '/nodes',
  allocation: '/allocations',
  task: '/tasks',
  run: '/runs',
  service: '/services',
  environment: '/environments',
  claim: '/gpus',
  account: '/accounts',
  secret: '/secrets',
  registry: '/registries',
  volume: '/volumes',
  'service template': '/service-templates',
  'job template': '/job-templates',
};

export function pathOf(kind: string, id: string): string | undefined {
  const path = PATHS[kind];
  return path === undefined ? undefined : `${path}/${encodeURIComponent(id)}`;
}

export function ObjectLink({
  kind,
  id,
  label = id,
  mono = false,
  quiet = false,
}: {
  readonly kind: string;
  readonly id: string;
  readonly label?: string;
  readonly mono?: boolean;
  readonly quiet?: boolean;
}): ReactNode {
  const path = pathOf(kind, id);
  const name = <Name text={label} mono={mono} />;
  if (path === undefined) return name;
  return (
    <Link to={path as '/'} className={quiet ? undefined : 'link'} title={visible(label)}>
      {name}
    </Link>
  );
}

export { short } from '../parts/name/short.js';
