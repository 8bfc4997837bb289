import { useState, type ReactNode } from 'react';
import { Choice } from '../../app/choice.js';
import { Section } from '../../app/detail.js';
import type { components } from '../../generated/conda.js';
import { useRead } from '../../moment/use-read.js';
import { When } from '../../moment/when.js';
import { Name } from '../../parts/name/name.js';
import { Empty, Unanswered } from '../../parts/states/states.js';
import { Grid } from '../../parts/table/grid.js';

type GenerationList = components['schemas']['GenerationList'];
type Difference = components['schemas']['GenerationDifference'];

const HASH_CHARACTERS = 12;

/** The generations of an environment, and the changes between any two of them. */
export function Generations({ id, name }: { readonly id: string; readonly name: string }): ReactNode {
  const path = `/api/conda/environment/${encodeURIComponent(name)}/generations`;
  const subjects = [`environment:${id}`];
  const { data, error, refetch } = useRead<GenerationList>(path, { subjects });
  if (data === undefined) return <Unanswered what="generations" error={error} retry={() => void refetch()} />;
  const generations = data.body.generations.toSorted((a, b) => b.generation - a.generation);
  if (generations.length === 0) return <Empty title="No generations yet" />;
  return (
    <>
      <Section title="Generations, newest first">
        <Grid titles={['Generation', 'Packages', 'Python', 'Built by', 'Size', 'Lock', 'Built']}>
          {generations.map((each) => (
            <tr key={each.generation}>
              <td>
                {each.generation}
                {each.current ? <span className="muted"> current</span> : null}
              </td>
              <td>{each.package_count}</td>
              <td>{each.python_version ?? '–'}</td>
              <td>{each.backend}</td>
              <td>{each.disk_usage === null ? '–' : `${each.disk_usage.toFixed(2)} GB`}</td>
              <td title={each.hash}>
                <Name text={each.hash.slice(0, HASH_CHARACTERS)} mono />
              </td>
              <td>
                <When at={each.created_at_utc} />
              </td>
            </tr>
          ))}
        </Grid>
      </Section>
      {generations.length > 1 ? (
        <Comparison
          path={path}
          numbers={generations.map(({ generation }) => generation)}
          subjects={subjects}
        />
      ) : null}
    </>
  );
}

function Comparison({
  path,
  numbers,
  subjects,
}: {
  readonly path: string;
  /** Newest first. */
  readonly numbers: readonly number[];
  readonly subjects: readonly string[];
}): ReactNode {
  const [chosen, setChosen] = useState<{ readonly one?: number; readonly other?: number }>({});
  const other = chosen.other ?? numbers[0] ?? 0;
  const one = chosen.one ?? numbers[1] ?? 0;
  const { data, error } = useRead<Difference>(`${path}/${String(one)}/diff/${String(other)}`, { subjects });
  const options = numbers.map((each) => [String(each), `generation ${String(each)}`] as const);
  return (
    <Section title="Changes between generations">
      <p>
        From{' '}
        <Choice
          label="Earlier generation"
          value={String(one)}
          options={options}
          onChange={(next) => setChosen({ one: Number(next), other })}
        />{' '}
        to{' '}
        <Choice
          label="Later generation"
          value={String(other)}
          options={options}
          onChange={(next) => setChosen({ one, other: Number(next) })}
        />
      </p>
      {data === undefined ? (
        <Unanswered what="the difference" error={error} />
      ) : (
        <Packages difference={data.body} />
      )}
    </Section>
  );
}

function Packages({
  difference: { added, removed, changed },
}: {
  readonly difference: Difference;
}): ReactNode {
  const rows = [
    ...added.map(({ name, version }) => ({ name, before: '–', after: version })),
    ...removed.map(({ name, version }) => ({ name, before: version, after: '–' })),
    ...changed.map(({ name, from, to }) => ({ name, before: from, after: to })),
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
  if (rows.length === 0) return <p role="status">Both generations have the same packages.</p>;
  return (
    <Grid titles={['Package', 'Before', 'After']}>
      {rows.map(({ name, before, after }) => (
        <tr key={name}>
          <td>
            <Name text={name} mono />
          </td>
          <td>{before}</td>
          <td>{after}</td>
        </tr>
      ))}
    </Grid>
  );
}
