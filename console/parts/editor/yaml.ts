/** Words that YAML does not parse as strings unless they are quoted. */
const MEANINGFUL = /^(?:true|false|null|yes|no|on|off|y|n|~)$/i;
const PLAIN = /^[A-Za-z/_][\w./-]*(?: [\w./-]+)*$/;
/** Strings that can be single-quoted without escapes, which is more readable than JSON. */
const QUOTABLE = /^[ !-&(-~]+$/;
/** Strings that a block scalar preserves, because they neither begin nor end with whitespace. */
const BLOCK = /^[^\s][^]*[^\s]$/;

/** Writes JSON data as YAML that parses to the same data. */
export function toYaml(data: unknown, indent = ''): string {
  if (Array.isArray(data))
    return data.length === 0 ? ' []\n' : `\n${data.map((item) => itemOf(item, indent)).join('')}`;
  if (typeof data === 'object' && data !== null) {
    const entries = Object.entries(data).filter(([, value]) => value !== undefined);
    return entries.length === 0
      ? ' {}\n'
      : `\n${entries.map(([name, value]) => entryOf(name, value, indent)).join('')}`;
  }
  return ` ${scalar(data, indent)}\n`;
}

function entryOf(name: string, value: unknown, indent: string): string {
  return `${indent}${text(name)}:${toYaml(value, `${indent}  `)}`;
}

function itemOf(value: unknown, indent: string): string {
  const written = toYaml(value, `${indent}  `);
  // The first field of an object goes on the same line as the dash.
  return written.startsWith('\n') && !Array.isArray(value)
    ? `${indent}- ${written.slice(1).trimStart()}`
    : `${indent}-${written}`;
}

function scalar(data: unknown, indent: string): string {
  if (typeof data !== 'string') return JSON.stringify(data ?? null);
  const lines = data.split('\n');
  if (lines.length > 1 && BLOCK.test(data) && !/[^\n\x20-\x7e]/.test(data) && !/ \n/.test(data))
    return `|-\n${lines.map((line) => (line === '' ? '' : `${indent}${line}`)).join('\n')}`;
  return text(data);
}

function text(data: string): string {
  if (PLAIN.test(data) && !MEANINGFUL.test(data)) return data;
  return QUOTABLE.test(data) ? `'${data}'` : JSON.stringify(data);
}
