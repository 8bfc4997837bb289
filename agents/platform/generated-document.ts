import { readFileSync } from 'node:fs';

export const GENERATED_DOCUMENTS = { agent: 'Muster: node agent', asyncapi: 'Muster: messages' } as const;
export type WrittenDocument = keyof typeof GENERATED_DOCUMENTS;

export interface DocumentLink {
  readonly name: string;
  readonly title: string;
  readonly url: string;
}

export const WRITTEN_LINKS: readonly DocumentLink[] = Object.entries(GENERATED_DOCUMENTS).map(
  ([name, title]) => ({
    name,
    title,
    url: `/openapi/${name}.json`,
  }),
);

const read = new Map<WrittenDocument, Record<string, unknown>>();

export function generatedDocument(name: WrittenDocument): Record<string, unknown> {
  const known = read.get(name);
  if (known !== undefined) return known;
  const document = JSON.parse(
    readFileSync(new URL(`../../../openapi/${name}.json`, import.meta.url), 'utf8'),
  ) as Record<string, unknown>;
  read.set(name, document);
  return document;
}
