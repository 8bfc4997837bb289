import { lazy, Suspense, type ReactNode } from 'react';
import type { Action } from '../actions/action.js';
import { Actions } from '../actions/actions.js';
import { RECORDED_KINDS } from '../moment/changed.js';
import { useRange, useSearch, useSetSearch } from '../moment/in-url.js';
import { useAbout } from '../moment/subject.js';
import { Loading } from '../parts/states/states.js';
import { Events } from '../why/events.js';
import { TextButton } from './text-button.js';
import css from './detail.module.css';

const ObjectDiff = lazy(async () => ({ default: (await import('../compare/object.js')).ObjectDiff }));

export interface Tab {
  readonly id: string;
  readonly title: string;
  /** Called when the tab is opened, so its content can be loaded lazily. */
  readonly content: () => ReactNode;
}

/** Labels and values in the line below the title of a page. */
export type Facts = readonly (readonly [label: string, value: ReactNode])[];

export interface DetailProps {
  /** The object, such as `job:hello`. */
  readonly subject: string;
  readonly title: ReactNode;
  readonly facts: Facts;
  readonly actions?: readonly Action[];
  /** Links to related pages, which also work in the past. */
  readonly links?: ReactNode;
  /** Arguments of the `muster` command that shows the same data. */
  readonly command?: readonly string[];
  /** API path of the object's JSON. */
  readonly json?: string;
  /** Explanation of the object's state, shown above the tabs. */
  readonly why?: ReactNode;
  readonly tabs: readonly Tab[];
  /** True while another moment is loading. Until then, the previous one is shown dimmed. */
  readonly busy?: boolean;
}

/** The page of one object: its facts, an explanation of its state, and its events. A click on an event selects its moment. */
export function Detail({
  subject,
  title,
  facts,
  actions = [],
  links,
  command,
  json,
  why,
  tabs,
  busy = false,
}: DetailProps): ReactNode {
  const recorded = RECORDED_KINDS.includes(subject.slice(0, subject.indexOf(':')));
  useAbout(recorded ? subject : undefined);
  const { tab: asked } = useSearch();
  const range = useRange();
  const setSearch = useSetSearch();
  const tab = tabs.find(({ id }) => id === asked) ?? tabs[0];
  return (
    <div className={css['detail']} data-recorded={recorded}>
      <div className={css['main']}>
        <header className={css['head']} aria-busy={busy}>
          <h1>{title}</h1>
          <Facts facts={facts} />
          <div className={css['tools']}>
            <Actions actions={actions} />
            {links}
            {json === undefined ? null : (
              <TextButton
                json={json}
                subject={recorded ? subject : undefined}
                {...(command === undefined ? {} : { command })}
              />
            )}
          </div>
        </header>
        {range === undefined || !recorded ? null : (
          <Suspense fallback={<Loading what="the comparison" />}>
            <ObjectDiff subject={subject} range={range} />
          </Suspense>
        )}
        {why}
        {tabs.length > 1 ? (
          <div className={css['tabs']} role="tablist" aria-label="Sections">
            {tabs.map(({ id, title: name }) => (
              <button
                key={id}
                type="button"
                role="tab"
                id={`tab-${id}`}
                aria-selected={id === tab?.id}
                aria-controls="tab-panel"
                tabIndex={id === tab?.id ? 0 : -1}
                className={css['tab']}
                onClick={() => setSearch({ tab: id === tabs[0]?.id ? undefined : id })}
                onKeyDown={({ key, currentTarget }) => {
                  const to =
                    key === 'ArrowRight'
                      ? currentTarget.nextElementSibling
                      : key === 'ArrowLeft'
                        ? currentTarget.previousElementSibling
                        : null;
                  if (to instanceof HTMLElement) {
                    to.focus();
                    to.click();
                  }
                }}
              >
                {name}
              </button>
            ))}
          </div>
        ) : null}
        <div
          className={css['panel']}
          aria-busy={busy}
          {...(tabs.length > 1
            ? { role: 'tabpanel', id: 'tab-panel', 'aria-labelledby': `tab-${tab?.id ?? ''}` }
            : {})}
        >
          {tab === undefined ? null : (
            <Suspense fallback={<Loading what={tab.title.toLowerCase()} />}>{tab.content()}</Suspense>
          )}
        </div>
      </div>
      {recorded ? <Events of={subject} /> : null}
    </div>
  );
}

export function Facts({ facts }: { readonly facts: Facts }): ReactNode {
  return (
    <dl className={css['facts']}>
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Section({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <section className={css['section']} aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}
