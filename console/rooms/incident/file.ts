/** A line of an incident file, or of any export of the log. */
export interface IncidentEvent {
  /** Decimal string: the position, or the line number if the file has no positions. */
  readonly position: string;
  /** RFC 3339. Empty if the file contains no time for the event. */
  readonly at: string;
  readonly type: string;
  readonly stream: string;
  /** What happened, in a sentence. */
  readonly words: string;
  readonly kind: string | null;
  readonly id: string | null;
  readonly failed: boolean;
  readonly actor: string | null;
  /** Null in files of older releases, too. */
  readonly actor_name: string | null;
  /** The whole line, as it is in the file. */
  readonly raw: Readonly<Record<string, unknown>>;
}

export interface IncidentHead {
  readonly server: string;
  readonly made_at: string;
  /** Positions, both inclusive. */
  readonly from: string;
  readonly to: string;
  /** Number of events that follow. */
  readonly events: number;
}

export interface Incident {
  /** Undefined for an export of the log, which has no head. */
  readonly head: IncidentHead | undefined;
  readonly events: readonly IncidentEvent[];
  /** Undefined if the file is complete. */
  readonly problem: string | undefined;
}

const FORMAT = 'muster-incident';
/** Version 1: a head, then a line for each event of `GET /audit/events`, with the words of `GET /console/api/changes`. */
const VERSION = 1;

/** Returns lines of JSON, starting with the head. */
export function incidentText(
  head: IncidentHead,
  lines: readonly Readonly<Record<string, unknown>>[],
): string {
  return [{ format: FORMAT, version: VERSION, ...head }, ...lines]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('');
}

/** Parses an incident file or an export of the log. Throws an error that explains why the text is neither. */
export function readIncident(text: string): Incident {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const [first] = lines;
  if (first === undefined) throw new Error('The file is empty.');
  const start = parsed(first, 1);
  const head = start['format'] === FORMAT ? headOf(start) : undefined;
  const rest = head === undefined ? lines : lines.slice(1);
  const skipped = lines.length - rest.length;
  const events = rest.flatMap((line, index) => {
    const raw = parsed(line, index + skipped + 1);
    // Skip lines that are not events: the end of an export, and its truncated streams.
    return typeof raw['type'] === 'string' && typeof raw['stream'] === 'string'
      ? [eventOf(raw, raw['type'], raw['stream'], index + 1)]
      : [];
  });
  if (events.length === 0 && (head === undefined || head.events > 0))
    throw new Error(
      'The file contains no events. Open an incident file or the output of "muster events -o json".',
    );
  const missing = head === undefined ? 0 : head.events - events.length;
  return {
    head,
    events,
    problem:
      missing > 0 ? `The file ends early: ${missing} of ${head?.events ?? 0} events are missing.` : undefined,
  };
}

function parsed(line: string, number: number): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new Error(`Line ${number} is not JSON.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`Line ${number} is not an object.`);
  return value as Readonly<Record<string, unknown>>;
}

function headOf({
  version,
  server,
  made_at,
  from,
  to,
  events,
}: Readonly<Record<string, unknown>>): IncidentHead {
  if (version !== VERSION)
    throw new Error(`The file has version ${String(version)}, but this console reads version ${VERSION}.`);
  return {
    server: text(server) ?? '',
    made_at: text(made_at) ?? '',
    from: text(from) ?? '',
    to: text(to) ?? '',
    events: typeof events === 'number' ? events : 0,
  };
}

function eventOf(
  raw: Readonly<Record<string, unknown>>,
  type: string,
  stream: string,
  number: number,
): IncidentEvent {
  return {
    position: text(raw['position']) ?? String(number),
    at: text(raw['at']) ?? timeIn(raw['metadata']),
    type,
    stream,
    words: text(raw['words']) ?? `${type} in ${stream}`,
    kind: text(raw['kind']) ?? null,
    id: text(raw['object']) ?? null,
    failed: raw['failed'] === true,
    actor: text(raw['actor']) ?? null,
    actor_name: text(raw['actor_name']) ?? null,
    raw,
  };
}

/** Returns the time in the metadata of an event. `muster export` stores it only there, in milliseconds since the epoch. */
function timeIn(metadata: unknown): string {
  const at = (metadata as { readonly at?: unknown } | null | undefined)?.at;
  return typeof at === 'number' && Number.isSafeInteger(at) ? new Date(at).toISOString() : '';
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Returns the events that contain every word, in any field. */
export function narrowedEvents(events: readonly IncidentEvent[], filter: string): readonly IncidentEvent[] {
  const words = filter
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '');
  if (words.length === 0) return events;
  return events.filter((event) => {
    const all =
      `${event.words} ${event.stream} ${event.actor ?? ''} ${JSON.stringify(event.raw)}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
}
