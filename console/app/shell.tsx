import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { Clock, Menu, Monitor, Moon, Rows4, Sun } from 'lucide-react';
import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react';
import { ClockProvider, useClock } from '../moment/moment.js';
import { MomentBar } from '../moment/bar.js';
import { Earliest } from '../moment/earliest.js';
import { Live } from '../moment/live.js';
import { SubjectProvider } from '../moment/subject.js';
import { useAt, useRange } from '../moment/in-url.js';
import { Name } from '../parts/name/name.js';
import { short } from '../parts/name/short.js';
import { visible } from '../parts/name/visible.js';
import { RemedyContext } from '../parts/states/states.js';
import { RowHeight, ROW_PX } from '../parts/table/row-height.js';
import { absolute } from '../parts/time/format.js';
import { Keys, useKeys } from './keys.js';
import { Notices } from './notices.js';
import { placeOf, roomsOf, type Place, type Room } from './rooms.js';
import { SessionProvider, useSession } from './session.js';
import { change, useSettings, type Settings } from './settings.js';
import css from './shell.module.css';

export function Shell(): ReactNode {
  return (
    <SessionProvider>
      <ClockProvider>
        <SubjectProvider>
          <Frame />
        </SubjectProvider>
      </ClockProvider>
    </SessionProvider>
  );
}

function Frame(): ReactNode {
  const { me } = useSession();
  const at = useAt();
  const rooms = roomsOf(me);
  const [open, setOpen] = useState(false);
  // The former page is shown until the code of the next one is here.
  const isLeaving = useRouterState({ select: ({ status }) => status === 'pending' });
  useTitle(rooms);
  const { dense } = useSettings();
  useKeys({ d: () => change({ dense: !dense }) });
  return (
    <div className={css['frame']} data-past={at !== undefined}>
      <a href="#page" className={css['skip']}>
        Skip to content
      </a>
      <Navigation rooms={rooms} open={open} onClose={() => setOpen(false)} />
      <div className={css['column']}>
        <header className={css['header']}>
          <button
            type="button"
            className={`button quiet ${css['menu']}`}
            aria-label="Navigation"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            <Menu size={16} aria-hidden="true" />
          </button>
          <Crumbs rooms={rooms} />
          <div className={css['tools']}>
            <Live />
            <Zone />
            <Density />
            <Theme />
            <Account />
          </div>
        </header>
        <Notices />
        <MomentBar />
        <main id="page" className={css['page']} tabIndex={-1} aria-busy={isLeaving}>
          <RemedyContext value={remedy}>
            <RowHeight value={dense ? ROW_PX.dense : ROW_PX.normal}>
              <Differences />
              <Outlet />
            </RowHeight>
          </RemedyContext>
        </main>
      </div>
      <Keys rooms={rooms} />
    </div>
  );
}

const remedy = (error: Error): ReactNode => <Earliest error={error} />;

const ChangedObjects = lazy(async () => ({
  default: (await import('../compare/changed-objects.js')).ChangedObjects,
}));

/** Compares all kinds of objects, on pages that show more than one kind. */
function Differences(): ReactNode {
  const range = useRange();
  const path = useRouterState({ select: ({ location }) => location.pathname });
  if (range === undefined || (path !== '/' && path !== '/events')) return null;
  return (
    <Suspense>
      <ChangedObjects range={range} />
    </Suspense>
  );
}

function Navigation({
  rooms,
  open,
  onClose,
}: {
  readonly rooms: readonly Room[];
  readonly open: boolean;
  readonly onClose: () => void;
}): ReactNode {
  const { me } = useSession();
  const { room } = usePlace(rooms);
  return (
    <nav className={css['navigation']} data-open={open} aria-label="Pages">
      <div className={css['brand']}>
        <svg width="20" height="20" viewBox="0 0 16 16" aria-hidden="true">
          <rect width="16" height="16" rx="4" className={css['mark']} />
          <path
            d="M4 11V5l4 4 4-4v6"
            fill="none"
            stroke="#fff"
            strokeWidth="1.6"
            strokeLinejoin="round"
            strokeLinecap="round"
          />
        </svg>
        <span>{me.server.name}</span>
      </div>
      <ul>
        {rooms.map(({ id, title, path, icon: Icon }) => (
          <li key={id}>
            <Link
              to={path as '/'}
              activeOptions={{ exact: path === '/', includeSearch: false }}
              className={css['item']}
              data-here={room?.path === path}
              onClick={onClose}
            >
              <Icon size={15} aria-hidden="true" />
              {title}
            </Link>
          </li>
        ))}
      </ul>
      <p className={css['version']}>
        <kbd>?</kbd> shortcuts · <kbd>Ctrl K</kbd> find
        <br />
        {me.server.version}
      </p>
    </nav>
  );
}

function usePlace(rooms: readonly Room[]): Place {
  return placeOf(rooms, useRouterState({ select: ({ location }) => location.pathname }));
}

function Crumbs({ rooms }: { readonly rooms: readonly Room[] }): ReactNode {
  const { room, title, object } = usePlace(rooms);
  return (
    <div className={css['crumbs']}>
      {object === '' || room === undefined ? (
        <span>{title ?? 'Not found'}</span>
      ) : (
        <>
          <Link to={room.path as '/'}>{room.title}</Link>
          <span aria-hidden="true">/</span>
          <span className={css['here']} title={visible(object)}>
            <Name text={short(object)} />
          </span>
        </>
      )}
    </div>
  );
}

const THEMES: readonly (readonly [Settings['theme'], string, typeof Sun])[] = [
  ['system', 'System theme', Monitor],
  ['light', 'Light theme', Sun],
  ['dark', 'Dark theme', Moon],
];

function Theme(): ReactNode {
  const { theme } = useSettings();
  const place = THEMES.findIndex(([id]) => id === theme);
  const [, label, Icon] = THEMES[place] ?? THEMES[0] ?? ['system', '', Monitor];
  const [next = 'system'] = THEMES[(place + 1) % THEMES.length] ?? [];
  return (
    <button
      type="button"
      className="button quiet"
      aria-label={label}
      title={`${label}: click to change`}
      onClick={() => change({ theme: next })}
    >
      <Icon size={15} aria-hidden="true" />
    </button>
  );
}

function Density(): ReactNode {
  const { dense } = useSettings();
  return (
    <button
      type="button"
      className="button quiet"
      aria-pressed={dense}
      aria-label="Compact rows"
      title="Show more rows in tables (d)"
      onClick={() => change({ dense: !dense })}
    >
      <Rows4 size={15} aria-hidden="true" />
    </button>
  );
}

function Zone(): ReactNode {
  const { utc, relative } = useSettings();
  const label = relative ? 'Relative time' : utc ? 'UTC' : 'Local time';
  const next = (): void => {
    if (relative) change({ relative: false, utc: false });
    else change(utc ? { relative: true, utc: false } : { utc: true });
  };
  useKeys({ z: next });
  return (
    <button
      type="button"
      className={`button quiet ${css['zone']}`}
      title="Show times as relative, local, or UTC (z)"
      aria-label={`Times: ${label}`}
      onClick={next}
    >
      <Clock size={15} aria-hidden="true" />
      {label}
    </button>
  );
}

function Account(): ReactNode {
  const { me, signIn, signOut } = useSession();
  if (me.account === null)
    return (
      <>
        {me.operator ? (
          <span
            className={css['who']}
            title="You have operator access because you are connecting from the server's own machine"
          >
            operator
          </span>
        ) : null}
        <button type="button" className="button" onClick={signIn}>
          Sign in
        </button>
      </>
    );
  return (
    <>
      <span className={css['who']} title={`${me.account.role} in tenant ${me.account.tenant}`}>
        <bdi>{me.account.name}</bdi>
      </span>
      <button type="button" className="button quiet" onClick={() => void signOut()}>
        Sign out
      </button>
    </>
  );
}

function useTitle(rooms: readonly Room[]): void {
  const at = useAt();
  const { time } = useClock();
  const { utc } = useSettings();
  const { room, title: page, object } = usePlace(rooms);
  const moment = at === undefined ? '' : `⟲ ${absolute(time, time, utc)} · `;
  const name = object === '' ? (page ?? 'Not found') : `${visible(object)} · ${room?.title ?? 'Not found'}`;
  const title = `${moment}${name} · Muster`;
  useEffect(() => {
    document.title = title;
  }, [title]);
}
