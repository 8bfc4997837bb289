import type { ReactNode } from 'react';
import { When } from '../moment/when.js';
import { Name } from '../parts/name/name.js';
import { Grid } from '../parts/table/grid.js';
import { Account } from './account.js';
import { Section } from './detail.js';

export interface Version {
  readonly version: number;
  readonly because: string;
  /** Version that this one restores, or null. */
  readonly from: number | null;
  readonly by: string;
  /** Name of the author, with the API key that it used. */
  readonly by_name: string | null;
  /** ISO 8601. */
  readonly at: string;
  readonly changes: readonly {
    readonly path: string;
    readonly before: string | null;
    readonly after: string | null;
  }[];
}

/** Shows who changed what, and why. `current` is the number of the version in use. */
export function VersionTable({
  versions,
  current,
}: {
  readonly versions: readonly Version[];
  readonly current: number | undefined;
}): ReactNode {
  return (
    <Section title="Versions, newest first">
      <Grid titles={['Version', 'Reason', 'By', 'When', 'Changes']}>
        {versions.map(({ version, because, from, by, by_name, at, changes }) => (
          <tr key={version}>
            <td>
              {version}
              {version === current ? <span className="muted"> current</span> : null}
            </td>
            <td>
              {because.replaceAll('_', ' ')}
              {from === null ? null : ` to ${from}`}
            </td>
            <td>
              <Account id={by} name={by_name} />
            </td>
            <td>
              <When at={at} />
            </td>
            <td className="wide">
              {changes.length === 0 ? <span className="muted">–</span> : <Changes changes={changes} />}
            </td>
          </tr>
        ))}
      </Grid>
    </Section>
  );
}

function Changes({ changes }: Pick<Version, 'changes'>): ReactNode {
  return (
    <ul className="bare">
      {changes.map(({ path, before, after }) => (
        <li key={path}>
          <Name text={path} mono />: {before === null ? 'not set' : <Name text={before} mono />} →{' '}
          {after === null ? 'removed' : <Name text={after} mono />}
        </li>
      ))}
    </ul>
  );
}
