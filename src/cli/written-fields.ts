import { visit, type Document } from 'yaml';
import { Written, type Reading } from '#src/engine/written-texts.js';

const TEXTS = [
  ...['name', 'job_id', 'description', 'image', 'command', 'args', 'arguments', 'script', 'user', 'env', 'environment'],
  ...['labels', 'tags', 'headers', 'body', 'body_regex', 'requirements', 'packages', 'python_version'],
];

/** Fields of files that the server takes as texts, or as either. Files of other tools have numbers and truths in them: `DEBUG: true`, `VERSION: 1.10`. */
export const WRITTEN_FIELDS: ReadonlyMap<string, Reading> = new Map([
  ...TEXTS.map((field) => [field, 'texts'] as const),
  ...['constraints', 'custom_variables', 'default'].map((field) => [field, 'differing'] as const),
]);

/** Has a document of YAML keep the texts of its numbers and truths. */
export function keepWritten(document: Document): void {
  visit(document, {
    Scalar(role, node) {
      const { value, source } = node;
      if (source === undefined || (typeof value !== 'number' && typeof value !== 'boolean')) return;
      // The name of a field is always a text.
      node.value = role === 'key' ? source : new Written(value, source);
    },
  });
}
