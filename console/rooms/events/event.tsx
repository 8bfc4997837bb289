import { useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Facts, Section } from '../../app/detail.js';
import css from '../../app/detail.module.css';
import { ObjectLink, short } from '../../app/object-link.js';
import { useRights } from '../../app/rights.js';
import { TextButton } from '../../app/text-button.js';
import type { components as Audit } from '../../generated/audit.js';
import type { components } from '../../generated/console.js';
import { useSetSearch } from '../../moment/in-url.js';
import { useRead } from '../../moment/use-read.js';
import { When } from '../../moment/when.js';
import { Name } from '../../parts/name/name.js';
import { Missing } from '../../parts/states/states.js';
import { StatusIcon } from '../../parts/status/status.js';
import { Grid } from '../../parts/table/grid.js';
import { grouped } from '../../parts/time/format.js';
import { Actor } from '../../why/actor.js';
import { EventLink } from '../../why/event-link.js';
import { Words } from '../../why/words.js';

type Recorded = components['schemas']['ConsoleEvent'];
type Why = Audit['schemas']['Why'];
type Link = Why['chain'][number];

/** The page of one event: what it changed, where it is recorded, why it happened, and what followed from it. */
export function EventPage(): ReactNode {
  const { position = '' } = useParams({ strict: false }) as { readonly position?: string };
  const path = `/console/api/events/${encodeURIComponent(position)}`;
  // Recorded events do not change, so the moment of the page is irrelevant.
  const { data, error, refetch } = useRead<Recorded>(path, { now: true });
  if (data === undefined)
    return <Missing what="event" answered={false} error={error} retry={() => void refetch()} />;
  return <Shown event={data.body} />;
}

function Shown({ event }: { readonly event: Recorded }): ReactNode {
  const { position, at, of, type, failed, actor, actor_name: name, words, stream, revision } = event;
  const { cluster } = useRights();
  const setSearch = useSetSearch();
  const facts: Facts = [
    ['Position', <span key="position">{grouped(position)}</span>],
    ['Event', type],
    ['When', <When key="when" at={at} position={position} />],
    ['Actor', actor === null ? '–' : <Words key="actor" text={name ?? actor} />],
    ['Stream', <Name key="stream" text={stream} mono />],
    ['Revision', grouped(String(revision))],
  ];
  return (
    <div className={css['detail']} data-recorded="false">
      <div className={css['main']}>
        <header className={css['head']}>
          <h1>
            {failed ? <StatusIcon value="failed" /> : null} <Words text={words} />
          </h1>
          <Facts facts={facts} />
          <div className={css['tools']}>
            <button type="button" className="button" onClick={() => setSearch({ at: position })}>
              Show this moment
            </button>
            {cluster ? (
              <TextButton json={`/audit/events?from=${position}&limit=1`} subject={undefined} />
            ) : null}
          </div>
        </header>
        <div className={css['panel']}>
          <Section title="Objects">
            {of.length === 0 ? <p className="muted">The event is about no object that has a page.</p> : null}
            <ul className="bare">
              {of.map((object) => (
                <li key={object}>
                  <ObjectOf object={object} />
                </li>
              ))}
            </ul>
          </Section>
          <Request event={event} />
        </div>
      </div>
    </div>
  );
}

function ObjectOf({ object }: { readonly object: string }): ReactNode {
  const [kind, id] = [object.slice(0, object.indexOf(':')), object.slice(object.indexOf(':') + 1)];
  return (
    <>
      <span className="muted">{kind}</span> <ObjectLink kind={kind} id={id} label={short(id)} />
    </>
  );
}

/** The other events of the request that caused an event: its causes, its effects, and the rest. */
function Request({ event }: { readonly event: Recorded }): ReactNode {
  const { position, correlation, stream, revision } = event;
  const { data, error, refetch } = useRead<Why>(`/audit/why/requests/${encodeURIComponent(correlation)}`, {
    now: true,
  });
  if (data === undefined)
    return (
      <Section title="Cause and effect">
        <Missing what="request" answered={false} error={error} retry={() => void refetch()} />
      </Section>
    );
  const { chain, chain_complete: isComplete } = data.body;
  const own = chain.find((link) => link.position === position);
  const causes = chain.filter((link) => own?.because.includes(referenceTo(link)) === true);
  const effects = chain.filter(({ because }) => because.includes(referenceTo({ stream, revision })));
  const rest = chain.filter((link) => link !== own && !causes.includes(link) && !effects.includes(link));
  return (
    <>
      <Links title="Caused by" links={causes} none="A request, and no other event." />
      <Links title="Led to" links={effects} none="Nothing that is recorded." />
      {rest.length === 0 ? null : <Links title="Other events of the same request" links={rest} none="" />}
      <p className={`muted ${css['section']}`}>
        Request <Name text={correlation} mono />
        {isComplete ? '' : '. It may have more events.'}
      </p>
    </>
  );
}

/** How the reasons of an event refer to another one. */
function referenceTo({ stream, revision }: Pick<Link, 'stream' | 'revision'>): string {
  return `${stream}@${revision}`;
}

function Links({
  title,
  links,
  none,
}: {
  readonly title: string;
  readonly links: readonly Link[];
  readonly none: string;
}): ReactNode {
  return (
    <Section title={title}>
      {links.length === 0 ? (
        <p className="muted">{none}</p>
      ) : (
        <Grid titles={['What happened', 'Event', 'When']}>
          {links.map(({ position, at, type, actor, actor_name, sentence }) => (
            <tr key={position}>
              <td className="wide">
                <Words text={sentence} />
              </td>
              <td>
                <EventLink position={position} label={type} />
              </td>
              <td>
                <When at={at} position={position} />
                <Actor actor={actor} actor_name={actor_name} />
              </td>
            </tr>
          ))}
        </Grid>
      )}
    </Section>
  );
}
