import type { ReactNode } from 'react';
import { Section } from '../../app/detail.js';
import { FollowedLog } from '../../app/followed-log.js';
import type { components } from '../../generated/conda.js';
import { useSearch, useSetSearch } from '../../moment/in-url.js';
import { useRead } from '../../moment/use-read.js';
import { When } from '../../moment/when.js';
import { Name } from '../../parts/name/name.js';
import { Empty, Unanswered } from '../../parts/states/states.js';
import { Grid } from '../../parts/table/grid.js';
import { Status } from '../../parts/status/status.js';
import { WhyPanel } from '../../why/panel.js';

type BuildList = components['schemas']['BuildList'];
type Build = BuildList['builds'][number];

/** The builds of an environment: what was requested, how each build ended, and its log. */
export function Builds({ id, name }: { readonly id: string; readonly name: string }): ReactNode {
  const path = `/api/conda/environment/${encodeURIComponent(name)}/builds`;
  const { build: asked } = useSearch();
  const setSearch = useSetSearch();
  const { data, error, refetch } = useRead<BuildList>(path, { subjects: [`environment:${id}`] });
  if (data === undefined) return <Unanswered what="builds" error={error} retry={() => void refetch()} />;
  const builds = data.body.builds.toSorted((a, b) => b.build - a.build);
  const shown = builds.find(({ build }) => String(build) === asked) ?? builds[0];
  if (shown === undefined) return <Empty title="No builds yet" />;
  return (
    <>
      <Section title="Builds, newest first">
        <Grid titles={['Build', 'Status', 'Kind', 'Packages', 'Failure', 'Requested', 'Ended']}>
          {builds.map((build) => (
            <tr key={build.build}>
              <td>
                <button
                  type="button"
                  className="button quiet"
                  aria-pressed={build === shown}
                  title="Show the log of this build"
                  onClick={() => setSearch({ build: String(build.build) }, { replace: true })}
                >
                  {build.build}
                </button>
              </td>
              <td>
                <Status value={build.status} />
              </td>
              <td>{build.kind}</td>
              <td className="wide">
                <Name text={build.asked.length === 0 ? '–' : build.asked.join(', ')} mono />
              </td>
              <td className="wide">
                <Name text={failureOf(build)} />
              </td>
              <td>
                <When at={build.requested_at_utc} />
              </td>
              <td>
                <When at={build.ended_at_utc} />
              </td>
            </tr>
          ))}
        </Grid>
      </Section>
      <WhyPanel
        kind="builds"
        id={`${id}/${shown.build}`}
        label={`Why build ${shown.build}`}
        subjects={[`environment:${id}`]}
        status={shown.status}
      />
      <FollowedLog
        label={`Log of build ${String(shown.build)}`}
        path={`${path}/${String(shown.build)}/log?follow=true`}
        source={`${path}/${String(shown.build)}#${shown.ended_at ?? ''}`}
      />
    </>
  );
}

const WHY: Readonly<Record<Build['failed_packages'][number]['why'], string>> = {
  not_found: 'not found',
  conflict: 'conflicting',
  not_installed: 'not installed',
  broken: 'broken',
};

function failureOf({ step, failed_packages }: Build): string {
  if (step === null) return '–';
  const packages = failed_packages.map(({ name, why }) => `${name} (${WHY[why]})`);
  return packages.length === 0
    ? step.replaceAll('_', ' ')
    : `${step.replaceAll('_', ' ')}: ${packages.join(', ')}`;
}
