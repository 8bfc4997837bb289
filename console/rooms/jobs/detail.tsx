import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { components } from '../../generated/cluster.js';
import { Detail } from '../../app/detail.js';
import { useRights } from '../../app/rights.js';
import { useRead } from '../../moment/use-read.js';
import { Name } from '../../parts/name/name.js';
import { Missing } from '../../parts/states/states.js';
import { Status } from '../../parts/status/status.js';
import { WhyPanel } from '../../why/panel.js';
import { Since } from '../../why/since.js';
import { jobActions } from './actions.js';
import { Groups } from './groups.js';
import { JobLogs } from './logs.js';
import { Versions } from './versions.js';

type Job = components['schemas']['Job'];

export function JobPage(): ReactNode {
  const { id } = useParams({ strict: false }) as { readonly id: string };
  const subjects = [`job:${id}`, 'allocation'];
  const { data, error, refetch, isPlaceholderData } = useRead<Job>(`/jobs/${encodeURIComponent(id)}`, {
    subjects,
  });
  const { cluster } = useRights();
  const job = data?.body;
  const groups = job?.task_groups ?? [];
  return (
    <Detail
      subject={`job:${id}`}
      busy={isPlaceholderData}
      actions={job !== undefined && cluster ? jobActions(id) : []}
      command={['job', 'status', id]}
      json={`/jobs/${encodeURIComponent(id)}`}
      title={<Name text={id} />}
      facts={
        job === undefined
          ? []
          : [
              ['Status', <Status key="status" value={job.status} />],
              ['Since', <Since key="since" kind="jobs" id={id} subjects={subjects} />],
              ['Version', job.version ?? 0],
              ['Instances', groups.reduce((sum, { count }) => sum + (count ?? 1), 0)],
              ['Priority', job.priority ?? 50],
              [
                'Job file',
                <Link
                  key="again"
                  to={'/run' as '/'}
                  search={((former: Record<string, unknown>) => ({ at: former['at'], job: id })) as never}
                >
                  Edit and run again
                </Link>,
              ],
            ]
      }
      why={
        error !== null && job === undefined ? null : (
          <WhyPanel kind="jobs" id={id} subjects={subjects} status={job?.status} />
        )
      }
      tabs={
        job === undefined
          ? [
              {
                id: 'job',
                title: 'Job',
                content: () => (
                  <Missing what="job" answered={false} error={error} retry={() => void refetch()} />
                ),
              },
            ]
          : [
              { id: 'allocations', title: 'Allocations', content: () => <Groups job={job} /> },
              { id: 'logs', title: 'Logs', content: () => <JobLogs job={job} /> },
              { id: 'versions', title: 'Versions', content: () => <Versions id={id} /> },
              {
                id: 'specification',
                title: 'Specification',
                content: () => <Specification job={job} />,
              },
            ]
      }
    />
  );
}

function Specification({ job }: { readonly job: Job }): ReactNode {
  const { job_id, task_groups, constraints, priority } = job;
  return (
    <pre className="text">{JSON.stringify({ job_id, priority, constraints, task_groups }, null, 2)}</pre>
  );
}
