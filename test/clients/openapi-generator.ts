import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileOf, OPENAPI_DOCUMENTS } from './documents.js';
import { run } from './toolbox.js';

export interface Generation {
  /** Folder of the jars. */
  readonly java: string;
  readonly generator: 'csharp' | 'go' | 'java' | 'python' | 'typescript-fetch';
  readonly library?: string;
  /** Leaves out the documentation and tests of the client. */
  readonly onlyCode?: boolean;
  /** Generator-specific options for a document. */
  readonly options: (document: string) => Readonly<Record<string, string | boolean>>;
}

/** Runs openapi-generator on all documents in one process and writes each client to `<folder>/<document>`. Throws if a document is rejected. */
export async function generate(
  folder: string,
  { java, generator, library, onlyCode = false, options }: Generation,
): Promise<void> {
  const configurations = join(folder, '.configurations');
  mkdirSync(configurations, { recursive: true });
  const files = OPENAPI_DOCUMENTS.map((document) => {
    const file = join(configurations, `${document}.yaml`);
    const configuration = {
      generatorName: generator,
      inputSpec: fileOf(document),
      outputDir: join(folder, document),
      ...(library === undefined ? {} : { library }),
      ...(onlyCode
        ? {
            globalProperties: {
              apiDocs: 'false',
              apiTests: 'false',
              modelDocs: 'false',
              modelTests: 'false',
            },
          }
        : {}),
      additionalProperties: options(document),
    };
    // JSON is valid YAML.
    writeFileSync(file, JSON.stringify(configuration));
    return file;
  });
  // The run is too short for the JIT's second tier to pay off. The first tier alone takes two thirds of the processor time.
  // One thread, because the generator's threads share state: with two, an API class once lacked a method.
  await run([
    'java',
    '-XX:TieredStopAtLevel=1',
    '-jar',
    generatorJar(java),
    'batch',
    '--fail-fast',
    '--threads',
    '1',
    ...files,
  ]);
}

/** Class path of a generated Java client. It excludes the generator's own jar, which bundles older versions of the same libraries. */
export function classPath(java: string): string[] {
  return readdirSync(java)
    .filter((name) => name.endsWith('.jar') && !isGenerator(name))
    .map((name) => join(java, name));
}

function generatorJar(java: string): string {
  const name = readdirSync(java).find(isGenerator);
  if (name === undefined) throw new Error(`no openapi-generator in ${java}`);
  return join(java, name);
}

function isGenerator(name: string): boolean {
  return name.startsWith('openapi-generator-cli-');
}
