import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleMinus,
  CirclePlay,
  CircleX,
  Clock3,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { meaningOf, type Meaning } from './meaning.js';
import css from './status.module.css';

const ICONS = {
  good: CircleCheck,
  active: CirclePlay,
  waits: Clock3,
  warns: CircleAlert,
  bad: CircleX,
  over: CircleMinus,
  unknown: CircleDashed,
} as const satisfies Readonly<Record<Meaning, unknown>>;

/** Shows a state by shape, colour and word. */
export function Status({ value }: { readonly value: string }): ReactNode {
  const meaning = meaningOf(value);
  return (
    <span className={`${css['status']} ${css[meaning]}`} data-status={value}>
      <StatusIcon value={value} />
      {value.replaceAll('_', ' ')}
    </span>
  );
}

export function StatusIcon({ value }: { readonly value: string }): ReactNode {
  const meaning = meaningOf(value);
  const Icon = ICONS[meaning];
  return <Icon size={14} strokeWidth={2.2} aria-hidden="true" className={css[meaning]} />;
}
