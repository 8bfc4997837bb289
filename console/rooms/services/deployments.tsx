import type { ReactNode } from 'react';
import { Account } from '../../app/account.js';
import { Section } from '../../app/detail.js';
import type { components } from '../../generated/services.js';
import { useRead } from '../../moment/use-read.js';
import { When } from '../../moment/when.js';
import { Name } from '../../parts/name/name.js';
import { Empty, Unanswered } from '../../parts/states/states.js';
import { Grid } from '../../parts/table/grid.js';
import { Status } from '../../parts/status/status.js';
import { duration } from '../../parts/time/format.js';

type Deployments = components['schemas']['ServiceDeploymentList'];
type Deployment = Deployments['deployments'][number];

const SHOWN = 50;
const STEPS: readonly (readonly [step: keyof Deployment['steps'], words: string])[] = [
  ['placed', 'placed'],
  ['image_pulled', 'image pulled'],
  ['started', 'started'],
  ['healthy', 'healthy'],
];

/** Each start, update and rollback, with its progress, the time of each step, and its outcome. */
export function Deployments({ service }: { readonly service: string }): ReactNode {
  const { data, error, refetch } = useRead<Deployments>(
    `/api/v1/services/${encodeURIComponent(service)}/deployments?limit=${SHOWN}`,
    { subjects: [`service:${service}`] },
  );
  if (data === undefined) return <Unanswered what="deployments" error={error} retry={() => void refetch()} />;
  const { deployments, total } = data.body;
  if (deployments.length === 0)
    return <Empty title="Never deployed">Press Start to deploy the current version.</Empty>;
  return (
    <Section
      title={
        total > deployments.length
          ? `Latest ${deployments.length} of ${total} deployments`
          : 'Deployments, newest first'
      }
    >
      <Grid
        titles={['Deployment', 'Status', 'Version', 'Trigger', 'By', 'Started', 'Healthy', 'Steps', 'Reason']}
      >
        {deployments.map((deployment) => (
          <tr key={deployment.number}>
            <td>{deployment.number}</td>
            <td>
              <Status value={deployment.status} />
            </td>
            <td>{deployment.version}</td>
            <td>{deployment.because.replaceAll('_', ' ')}</td>
            <td>
              <Account id={deployment.deployed_by} name={deployment.deployed_by_name} />
            </td>
            <td>
              <When at={deployment.created_at} />
            </td>
            <td>
              {deployment.instances.healthy} / {deployment.instances.wanted}
            </td>
            <td>
              <Steps of={deployment} />
            </td>
            <td className="wide">
              <Name text={deployment.reason?.message ?? deployment.waits_for ?? '–'} />
            </td>
          </tr>
        ))}
      </Grid>
    </Section>
  );
}

/** Shows the time from the request until each step was reached. */
function Steps({ of: { steps, created_at } }: { readonly of: Deployment }): ReactNode {
  const reached = STEPS.flatMap(([step, words]) => {
    const at = steps[step];
    return at === null ? [] : [{ words, seconds: (Date.parse(at) - Date.parse(created_at)) / 1000 }];
  });
  if (reached.length === 0) return <span className="muted">–</span>;
  return (
    <ul className="bare">
      {reached.map(({ words, seconds }) => (
        <li key={words}>
          {words} <span className="muted">after {duration(seconds)}</span>
        </li>
      ))}
    </ul>
  );
}
