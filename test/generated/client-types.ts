import { readFile, writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';

/** Documents of which a client is made here. */
export const CLIENTS = ['cluster', 'audit', 'gpu', 'tasks', 'conda', 'services'] as const;

export function clientFile(name: string): string {
  return `src/cli/generated/${name}.ts`;
}

/** The types that openapi-typescript makes of a checked-in document. */
export async function clientTypes(name: string): Promise<string> {
  const document = JSON.parse(await readFile(`openapi/${name}.json`, 'utf8')) as Parameters<typeof openapiTS>[0];
  return `// Made of openapi/${name}.json by openapi-typescript; after a change run: node dist/test/generated/write.js\n${astToString(await openapiTS(document, { defaultNonNullable: false }))}`;
}

/** Writes the types of every client. */
export async function writeClients(): Promise<void> {
  for (const name of CLIENTS) await writeFile(clientFile(name), await clientTypes(name));
}
