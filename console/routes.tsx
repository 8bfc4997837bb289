import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  retainSearchParams,
} from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Shell } from './app/shell.js';
import { momentOf } from './moment/in-url.js';
import { Empty, Failed, Loading } from './parts/states/states.js';

/** All parameters are strings, so that a position of any size keeps its digits. */
type Search = Readonly<Record<string, string | undefined>>;

const root = createRootRoute({
  component: Shell,
  validateSearch: (search: Record<string, unknown>): Search => ({
    ...(Object.fromEntries(Object.entries(search).filter(([key]) => key !== 'at' && key !== 'vs')) as Search),
    ...momentOf(search),
  }),
  search: { middlewares: [retainSearchParams(['at', 'vs'])] },
  notFoundComponent: () => <Empty title="Page not found" />,
});

const page = (path: string, load: () => Promise<Record<string, () => ReactNode>>, name: string) =>
  createRoute({
    getParentRoute: () => root,
    path,
    component: lazyRouteComponent(load as () => Promise<Record<string, () => ReactNode>>, name),
  });

const pages = [
  page('/', () => import('./rooms/overview/overview.js'), 'OverviewPage'),
  page('/jobs', () => import('./rooms/jobs/list.js'), 'JobsPage'),
  page('/jobs/$id', () => import('./rooms/jobs/detail.js'), 'JobPage'),
  page('/run', () => import('./rooms/run/run.js'), 'RunPage'),
  page('/allocations', () => import('./rooms/allocations/list.js'), 'AllocationsPage'),
  page('/allocations/$id', () => import('./rooms/allocations/detail.js'), 'AllocationPage'),
  page('/nodes', () => import('./rooms/nodes/list.js'), 'NodesPage'),
  page('/nodes/$id', () => import('./rooms/nodes/detail.js'), 'NodePage'),
  page('/tasks', () => import('./rooms/tasks/list.js'), 'TasksPage'),
  page('/tasks/$id', () => import('./rooms/tasks/detail.js'), 'TaskPage'),
  page('/runs/$id', () => import('./rooms/runs/detail.js'), 'RunPage'),
  page('/services', () => import('./rooms/services/index.js'), 'ServicesPage'),
  page('/services/$id', () => import('./rooms/services/index.js'), 'ServicePage'),
  page('/environments', () => import('./rooms/environments/index.js'), 'EnvironmentsPage'),
  page('/environments/$id', () => import('./rooms/environments/index.js'), 'EnvironmentPage'),
  page('/gpus', () => import('./rooms/gpus/index.js'), 'ClaimsPage'),
  page('/gpus/$id', () => import('./rooms/gpus/index.js'), 'ClaimPage'),
  page('/accounts', () => import('./rooms/accounts/index.js'), 'AccountsPage'),
  page('/accounts/$id', () => import('./rooms/accounts/index.js'), 'AccountPage'),
  page('/secrets', () => import('./rooms/credentials/index.js'), 'SecretsPage'),
  page('/secrets/$id', () => import('./rooms/credentials/index.js'), 'SecretPage'),
  page('/registries', () => import('./rooms/credentials/registries.js'), 'RegistriesPage'),
  page('/registries/$id', () => import('./rooms/credentials/registries.js'), 'RegistryPage'),
  page('/volumes', () => import('./rooms/volumes/index.js'), 'VolumesPage'),
  page('/volumes/$id', () => import('./rooms/volumes/index.js'), 'VolumePage'),
  page('/templates', () => import('./rooms/templates/index.js'), 'TemplatesPage'),
  page('/service-templates/$id', () => import('./rooms/templates/index.js'), 'ServiceTemplatePage'),
  page('/job-templates/$id', () => import('./rooms/templates/index.js'), 'JobTemplatePage'),
  page('/system', () => import('./rooms/system/index.js'), 'SystemPage'),
  page('/what-if', () => import('./rooms/what-if/what-if.js'), 'WhatIfPage'),
  page('/events', () => import('./rooms/events/list.js'), 'EventsPage'),
  page('/events/$position', () => import('./rooms/events/event.js'), 'EventPage'),
  page('/incident', () => import('./rooms/incident/incident.js'), 'IncidentPage'),
];

/** After an update of the server, an open page may miss scripts, and may not know the form of responses. */
function failureOf(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return /module/i.test(words)
    ? 'A script of this page could not be loaded. The server may have been updated.'
    : `This page cannot be shown (${words}). The server may have been updated.`;
}

export const router = createRouter({
  routeTree: root.addChildren(pages),
  basepath: '/console',
  defaultPreload: 'intent',
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const entries = Object.entries(search).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    return entries.length === 0 ? '' : `?${new URLSearchParams(entries).toString()}`;
  },
  defaultPendingComponent: () => <Loading what="the page" />,
  defaultErrorComponent: ({ error }) => (
    <Failed error={new Error(failureOf(error))} retry={() => location.reload()} />
  ),
});
