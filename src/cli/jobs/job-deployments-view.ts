import type { Cluster } from '../shared/client.js';
import { showTime } from '../shared/output.js';
import { statusColumn, tableLines, timeColumn, type Look } from '../shared/table.js';

type Deployment = Cluster['JobDeployment'];

export function jobDeploymentTable({ deployments }: Cluster['JobDeploymentList'], look?: Look): string[] {
  return tableLines(
    ['VERSION', statusColumn('STATUS'), 'HEALTHY', timeColumn('STARTED'), timeColumn('ENDED'), 'WHY'],
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
    look,
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
