import {
  Activity,
  Boxes,
  CalendarClock,
  Cpu,
  FlaskConical,
  Gauge,
  HardDrive,
  HeartPulse,
  KeyRound,
  Layers,
  LayoutGrid,
  LayoutTemplate,
  Package,
  Server,
  Users,
  type LucideIcon,
} from 'lucide-react';
import type { Me } from '../api/types.js';
import { mayAskWhatIf } from './rights.js';

export interface Room {
  readonly id: string;
  readonly title: string;
  readonly path: string;
  readonly key: string;
  readonly icon: LucideIcon;
}

/** Pages that are not in the navigation: the page of the navigation to which they belong, and their title if they are not about one object. */
const OTHER_PAGES: Readonly<Record<string, { readonly of: string; readonly title?: string }>> = {
  run: { of: '/jobs', title: 'Run a job' },
  runs: { of: '/tasks' },
  registries: { of: '/secrets', title: 'Registries' },
  'service-templates': { of: '/templates' },
  'job-templates': { of: '/templates' },
  incident: { of: '/events', title: 'Incident file' },
};

/** The navigation, in order. `g` followed by `key` opens a page. */
export const ROOMS: readonly Room[] = [
  { id: 'overview', title: 'Overview', path: '/', key: 'o', icon: Gauge },
  { id: 'jobs', title: 'Jobs', path: '/jobs', key: 'j', icon: Boxes },
  { id: 'allocations', title: 'Allocations', path: '/allocations', key: 'a', icon: LayoutGrid },
  { id: 'nodes', title: 'Nodes', path: '/nodes', key: 'n', icon: Server },
  { id: 'tasks', title: 'Tasks', path: '/tasks', key: 't', icon: CalendarClock },
  { id: 'services', title: 'Services', path: '/services', key: 's', icon: Layers },
  { id: 'environments', title: 'Environments', path: '/environments', key: 'v', icon: Package },
  { id: 'gpus', title: 'GPU claims', path: '/gpus', key: 'c', icon: Cpu },
  { id: 'volumes', title: 'Volumes', path: '/volumes', key: 'd', icon: HardDrive },
  { id: 'templates', title: 'Templates', path: '/templates', key: 'm', icon: LayoutTemplate },
  { id: 'secrets', title: 'Secrets', path: '/secrets', key: 'k', icon: KeyRound },
  { id: 'accounts', title: 'Accounts', path: '/accounts', key: 'u', icon: Users },
  { id: 'what-if', title: 'What if', path: '/what-if', key: 'w', icon: FlaskConical },
  { id: 'events', title: 'Events', path: '/events', key: 'e', icon: Activity },
  { id: 'system', title: 'System', path: '/system', key: 'y', icon: HeartPulse },
];

/** Returns the pages that the account may see. The server lists all of them except what-if, which only asks a question. */
export function roomsOf(me: Me): readonly Room[] {
  return ROOMS.filter(({ id }) => (id === 'what-if' ? mayAskWhatIf(me) : me.rooms.includes(id)));
}

/** Where a page is: its page in the navigation, if it has one, its own title, and the object that it is about. */
export interface Place {
  readonly room: Room | undefined;
  /** Undefined for a page about one object. */
  readonly title: string | undefined;
  /** Empty if the page is not about one object. */
  readonly object: string;
}

export function placeOf(rooms: readonly Room[], path: string): Place {
  const [first = '', ...rest] = path.split('/').filter((part) => part !== '');
  const other = OTHER_PAGES[first];
  const room = rooms.find((each) => each.path === (other?.of ?? `/${first}`));
  if (rest.length > 0) return { room, title: undefined, object: decoded(rest.join('/')) };
  return { room, title: other === undefined ? room?.title : other.title, object: '' };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
