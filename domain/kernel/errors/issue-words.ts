import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** Words for types, as users know them. */
const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of fields',
  record: 'a map of fields',
};

const FORMATS: Readonly<Record<string, string>> = {
  uuid: 'UUID',
  url: 'URL',
  email: 'email address',
  datetime: 'date and time (ISO 8601)',
  ipv4: 'IPv4 address',
  ipv6: 'IPv6 address',
};

/** Returns what is wrong with a value, in the words of Muster. Messages that a schema itself has are kept. */
export function issueProblem(issue: Issue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return 'is not a known key';
    case 'invalid_type':
      return typeProblem(issue);
    case 'invalid_value':
      return issue.message.startsWith('Invalid')
        ? `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`
        : issue.message;
    case 'invalid_union':
      return unionProblem(issue);
    case 'too_small':
    case 'too_big':
      return /^Too (small|big)/.test(issue.message) ? sizeProblem(issue) : issue.message;
    case 'invalid_format':
      return issue.message.startsWith('Invalid') ? formatProblem(issue) : issue.message;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_key':
      return `the name ${issue.issues[0] === undefined ? 'is not valid' : issueProblem(issue.issues[0])}`;
    default:
      return issue.message.replace(/^Invalid input: /, '');
  }
}

/** Returns the values that an issue names, or an empty list if any value of a type is possible. */
export function optionsOf(issue: Issue): string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  return issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options)
    ? issue.options.map(String)
    : [];
}

function typeProblem({ expected, message }: z.core.$ZodIssueInvalidType): string {
  if (!message.startsWith('Invalid')) return message;
  const received = /received (\w+)$/.exec(message)?.[1];
  if (received === 'undefined') return 'is missing';
  const not = received === undefined || received === 'NaN' ? '' : `, not ${TYPES[received] ?? received}`;
  return `must be ${TYPES[expected] ?? expected}${not}`;
}

function unionProblem(issue: z.core.$ZodIssueInvalidUnion): string {
  const options = optionsOf(issue);
  if (options.length > 0) return `must be one of ${options.join(', ')}`;
  if (!issue.message.startsWith('Invalid')) return issue.message;
  const types = issue.errors.flatMap(([first]) =>
    first?.code === 'invalid_type' ? [TYPES[first.expected] ?? first.expected] : [],
  );
  return types.length === 0 ? 'is not valid' : `must be ${[...new Set(types)].join(' or ')}`;
}

function formatProblem({ pattern, format }: z.core.$ZodIssueInvalidStringFormat): string {
  if (format === 'regex') return `must match ${pattern}`;
  return `must be a valid ${FORMATS[format] ?? format}`;
}

function sizeProblem(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const [limit, word] =
    issue.code === 'too_small'
      ? [issue.minimum, issue.inclusive === false ? 'more than' : 'at least']
      : [issue.maximum, issue.inclusive === false ? 'less than' : 'at most'];
  if (!['string', 'array', 'set', 'map'].includes(issue.origin)) return `must be ${word} ${limit}`;
  if (Number(limit) === 1 && word === 'at least') return 'must not be empty';
  return `must have ${word} ${limit} ${issue.origin === 'string' ? 'characters' : 'items'}`;
}
