import type { Cluster } from '../shared/client.js';
import { showTime, tableLines } from '../shared/output.js';

type Deployment = Cluster['JobDeployment'];

export function jobDeploymentTable({ deployments }: Cluster['JobDeploymentList']): string[] {
  return tableLines(
    ['VERSION', 'STATUS', 'HEALTHY', 'STARTED', 'ENDED', 'WHY'],
    deployments.map((deployment) => {
      const { version, reverts, started_at: begun, ended_at: ended } = deployment;
      const numbered = reverts === null ? String(version) : `${version} (reverts ${reverts})`;
      return [
        numbered,
        deployment.status,
        healthText(deployment),
        showTime(begun),
        showTime(ended),
        whyText(deployment) ?? '-',
      ];
    }),
  );
}

export function deploymentLine(deployment: Deployment): string {
  const { version, status, reverts } = deployment;
  const why = whyText(deployment);
  const because = reverts === null ? '' : `, reverts failed version ${reverts}`;
  return `of version ${version}: ${status}, ${healthText(deployment)} healthy${because}${why === undefined ? '' : `. ${why}`}`;
}

function healthText({ groups }: Deployment): string {
  return groups
    .map(({ name, healthy, wanted }) => `${groups.length === 1 ? '' : `${name} `}${healthy}/${wanted}`)
    .join(', ');
}

function whyText({ reason, waits_for: waits }: Deployment): string | undefined {
  return reason?.message ?? (waits === null ? undefined : `waiting: ${waits}`);
}
