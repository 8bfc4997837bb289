/** An event as the audit surface writes it. */
export interface AuditEvent {
  readonly position: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly at: number;
  readonly data: Readonly<Record<string, unknown>>;
}

const DATA_WIDTH = 100;

/** One event as the cells of a line: position, time, stream@revision, type, what it says. */
export function showEvent(event: AuditEvent): [string, string, string, string, string] {
  // Others' data can be any JSON, null too.
  const said = Object.entries((event.data as typeof event.data | null) ?? {})
    .filter(([name]) => name !== 'specification')
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
  return [
    event.position.padStart(6),
    new Date(event.at).toISOString(),
    `${event.stream}@${event.revision}`,
    event.type,
    said.length > DATA_WIDTH ? `${said.slice(0, DATA_WIDTH - 1)}…` : said,
  ];
}
