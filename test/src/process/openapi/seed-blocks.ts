/** One JSON block of a contract. */
export interface SeedBlock {
  /** `POST /jobs/:id` and the like. */
  readonly route: string;
  readonly surface: 'server' | 'agent';
  readonly kind: 'request' | 'success' | 'error';
  /** The block with an example in place of each described type. */
  readonly value: unknown;
}

/** Reads the blocks of a contract: headings name routes, bold labels say what a block is, types become examples. */
export function seedBlocks(text: string): readonly SeedBlock[] {
  const blocks: SeedBlock[] = [];
  let surface: SeedBlock['surface'] = 'server';
  let route = '';
  let kind: SeedBlock['kind'] = 'request';
  let json: string[] | undefined;
  for (const line of text.split('\n')) {
    if (json !== undefined) {
      if (/^\s*```\s*$/.test(line)) {
        blocks.push({
          surface,
          route,
          kind,
          value: example(JSON.parse(json.map(withoutComment).join('\n')) as unknown, ''),
        });
        json = undefined;
      } else json.push(line);
    } else if (/^\s*```json/.test(line)) json = [];
    else if (line.includes('agent.py')) surface = 'agent';
    else {
      const heading = /\*\*`(GET|POST|PUT|DELETE) (\S+)`/.exec(line);
      if (heading !== null) route = `${heading[1]} ${heading[2]?.replace(/<\w+>/g, ':id')}`;
      if (line.includes('Request Body')) kind = 'request';
      if (line.includes('Response Body')) kind = line.includes('Success') ? 'success' : 'error';
    }
  }
  return blocks;
}

/** Removes a `//` comment, unless it is inside a string. */
function withoutComment(line: string): string {
  let quoted = false;
  for (let index = 0; index < line.length; index += 1) {
    if (line[index] === '"' && line[index - 1] !== '\\') quoted = !quoted;
    if (!quoted && line.startsWith('//', index)) return line.slice(0, index);
  }
  return line;
}

const EXAMPLES: Readonly<Record<string, string>> = {
  endpoint: 'http://10.0.0.5:9000',
  operator: 'regex',
  ip_address: '10.0.0.5',
  node_id: '0b9e4a52-54a7-4c5c-9d8c-5b6ad0d7a001',
  job_id: '0b9e4a52-54a7-4c5c-9d8c-5b6ad0d7a002',
  allocation_id: '0b9e4a52-54a7-4c5c-9d8c-5b6ad0d7a003',
  name: 'web',
  status: 'running',
};

/** Returns an example of a described type: 256 for `"integer (MB)"`, null for `"string (nullable)"`, and so on. */
function example(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return value.map((each) => example(each, key));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, example(each, name)]));
  if (typeof value !== 'string') return value;
  const [type] = /^(string|integer|float|boolean)\b/.exec(value) ?? [];
  if (type === undefined) return value;
  if (value.includes('nullable')) return null;
  switch (type) {
    case 'integer':
      return 256;
    case 'float':
      return 1763625600.25;
    case 'boolean':
      return true;
    default:
      return EXAMPLES[key] ?? 'text';
  }
}
