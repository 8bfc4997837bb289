/** A moment that the user marked, with a note. Marks stay in the browser. */
export interface Mark {
  readonly position: string;
  /** Time of the moment (RFC 3339). */
  readonly at: string;
  readonly note: string;
}

/** Older marks are dropped. */
export const MOST_MARKS = 200;
export const LONGEST_NOTE = 200;

/** Parses stored marks. Text that is not a list of marks has none. */
export function parseMarks(text: string | null): readonly Mark[] {
  try {
    const stored: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(stored) ? stored.filter(isMark) : [];
  } catch {
    return [];
  }
}

function isMark(value: unknown): value is Mark {
  const { position, at, note } = (value ?? {}) as Partial<Record<keyof Mark, unknown>>;
  return (
    typeof position === 'string' &&
    /^\d{1,19}$/.test(position) &&
    typeof at === 'string' &&
    !Number.isNaN(Date.parse(at)) &&
    typeof note === 'string'
  );
}

/** Adds a mark, newest first. A moment has only one. */
export function withMark(marks: readonly Mark[], mark: Mark): readonly Mark[] {
  return [mark, ...withoutMark(marks, mark.position)].slice(0, MOST_MARKS);
}

export function withoutMark(marks: readonly Mark[], position: string): readonly Mark[] {
  return marks.filter((each) => each.position !== position);
}

/** What an event is on the timeline. */
export type TickKind = 'failure' | 'deployment' | 'drain' | 'change';

/** Whether an event of this type says that something failed, was lost or was refused. The console's feed says the same, and knows outcomes too. */
export function isFailure(type: string): boolean {
  return /(?:Failed|Lost|Refused)$/.test(type) || type === 'NodeWentDown';
}

export function tickKindOf(type: string): TickKind {
  if (isFailure(type)) return 'failure';
  if (/^(?:Job)?Deployment/.test(type)) return 'deployment';
  return type.startsWith('NodeDrain') ? 'drain' : 'change';
}
