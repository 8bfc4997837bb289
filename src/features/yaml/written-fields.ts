import { visit, type Document } from 'yaml';
import { Written, type Reading } from '#domain/kernel/written-text.js';

const TEXTS = [
  'name',
  'job_id',
  'description',
  'image',
  'command',
  'args',
  'arguments',
  'script',
  'user',
  'env',
  'environment',
  'labels',
  'tags',
  'headers',
  'body',
  'body_regex',
  'requirements',
  'packages',
  'python_version',
];

/**
 * Fields that the server reads as strings, or as strings or numbers. Files for other tools contain bare numbers and booleans in these fields, such as
 * `DEBUG: true` or `VERSION: 1.10`.
 */
export const WRITTEN_FIELDS: ReadonlyMap<string, Reading> = new Map([
  ...TEXTS.map((field) => [field, 'texts'] as const),
  ...['constraints', 'custom_variables', 'default'].map((field) => [field, 'differing'] as const),
]);

/** Makes YAML keep the original text of numbers and booleans in these fields. */
export function preserveSourceText(document: Document): void {
  visit(document, {
    Scalar(role, node) {
      const { value, source } = node;
      if (source === undefined || (typeof value !== 'number' && typeof value !== 'boolean')) return;
      node.value = role === 'key' ? source : new Written(value, source);
    },
  });
}
