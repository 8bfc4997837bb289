import type { ReactNode } from 'react';
import { Catalog } from '../../app/catalog.js';
import { CatalogDetail } from '../../app/catalog-detail.js';
import { ObjectLink, pathOf } from '../../app/object-link.js';
import { useSession } from '../../app/session.js';
import { useSearch, useSetSearch } from '../../moment/in-url.js';
import type { components as services } from '../../generated/services.js';
import type { components as cluster } from '../../generated/cluster.js';
import { When } from '../../moment/when.js';
import { Name } from '../../parts/name/name.js';
import type { Column } from '../../parts/table/columns.js';
import css from '../../app/detail.module.css';

type ServiceTemplate = services['schemas']['ServiceTemplateSummary'];
type JobTemplate = cluster['schemas']['TemplateSummary'];

/** Maximum number of job templates that the API returns. */
const MOST_ROWS = 1000;

const SERVICE_COLUMNS: readonly Column<ServiceTemplate>[] = [
  {
    id: 'name',
    title: 'Template',
    width: 'minmax(140px, 1fr)',
    sort: 'name',
    cell: ({ id, name }) => <ObjectLink kind="service template" id={id} label={name} />,
  },
  {
    id: 'category',
    title: 'Category',
    width: '120px',
    sort: 'category',
    cell: ({ category }) => <Name text={category} />,
  },
  {
    id: 'description',
    title: 'Description',
    width: 'minmax(160px, 3fr)',
    cell: ({ description }) => <Name text={description} />,
  },
  {
    id: 'public',
    title: 'For all tenants',
    width: '110px',
    sort: 'is_public',
    cell: ({ is_public }) => (is_public ? 'yes' : 'no'),
  },
  {
    id: 'created',
    title: 'Created',
    width: '100px',
    sort: 'created_at',
    cell: ({ created_at }) => <When at={created_at} />,
  },
];

const JOB_COLUMNS: readonly Column<JobTemplate>[] = [
  {
    id: 'name',
    title: 'Template',
    width: 'minmax(140px, 1fr)',
    sort: 'name',
    cell: ({ template_id, name }) => <ObjectLink kind="job template" id={template_id} label={name} />,
  },
  {
    id: 'description',
    title: 'Description',
    width: 'minmax(160px, 3fr)',
    cell: ({ description }) => <Name text={description ?? '–'} />,
  },
  {
    id: 'updated',
    title: 'Changed',
    width: '100px',
    sort: 'updated_at',
    cell: ({ updated_at }) => <When at={new Date(updated_at * 1000).toISOString()} />,
  },
];

/** Service templates require an account. Job templates are also shown to the operator of the machine. */
export function TemplatesPage(): ReactNode {
  const { account } = useSession().me;
  const { of } = useSearch();
  const setSearch = useSetSearch();
  const jobs = account === null || of === 'jobs';
  return (
    <>
      {account === null ? null : (
        <div className={css['links']} role="group" aria-label="Kinds of templates">
          <button
            type="button"
            aria-pressed={!jobs}
            onClick={() => setSearch({ of: undefined, sort: undefined })}
          >
            Services
          </button>
          <button
            type="button"
            aria-pressed={jobs}
            onClick={() => setSearch({ of: 'jobs', sort: undefined })}
          >
            Jobs
          </button>
        </div>
      )}
      {jobs ? (
        <Catalog<JobTemplate>
          command={['template', 'list']}
          title="Job templates"
          noun={['job template', 'job templates']}
          columns={JOB_COLUMNS}
          rowKey={({ template_id }) => template_id}
          open={({ template_id }) => pathOf('job template', template_id) ?? '/'}
          path={() => `/templates?limit=${MOST_ROWS}`}
          pageRows={MOST_ROWS}
          pages={1}
          rows={({ templates }: { readonly templates: readonly JobTemplate[] }) => templates}
          empty={
            <>
              Create one: <code>muster template put FILE</code>
            </>
          }
        />
      ) : (
        <Catalog<ServiceTemplate>
          command={['service', 'template', 'list']}
          title="Service templates"
          noun={['service template', 'service templates']}
          columns={SERVICE_COLUMNS}
          rowKey={({ id }) => id}
          open={({ id }) => pathOf('service template', id) ?? '/'}
          path={() => '/api/v1/templates'}
          rows={({ templates }: { readonly templates: readonly ServiceTemplate[] }) => templates}
          empty="A new server comes with built-in templates."
        />
      )}
    </>
  );
}

export function ServiceTemplatePage(): ReactNode {
  return (
    <CatalogDetail<ServiceTemplate>
      kind="service template"
      path={(id) => `/api/v1/templates/${encodeURIComponent(id)}`}
      row={(body: ServiceTemplate) => body}
      title={({ name }) => name}
      command={({ name }) => ['service', 'template', 'show', name]}
    />
  );
}

export function JobTemplatePage(): ReactNode {
  return (
    <CatalogDetail<JobTemplate>
      kind="job template"
      path={(id) => `/templates/${encodeURIComponent(id)}`}
      row={(body: JobTemplate) => body}
      title={({ name }) => name}
      command={({ name }) => ['template', 'show', name]}
    />
  );
}
