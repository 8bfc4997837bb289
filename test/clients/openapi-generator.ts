import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileOf, OPENAPI_DOCUMENTS } from './documents.js';
import { run } from './toolbox.js';

export interface Generation {
  /** Where the jars are. */
  readonly java: string;
  readonly generator: 'csharp' | 'go' | 'java' | 'python' | 'typescript-fetch';
  readonly library?: string;
  /** Types of the language for types of a document. */
  readonly typeMappings?: Readonly<Record<string, string>>;
  /** Whether pages and tests of the client are left out. */
  readonly onlyCode?: boolean;
  /** The generator's own options for a document. */
  readonly options: (document: string) => Readonly<Record<string, string | boolean>>;
}

/** Runs openapi-generator on every document, in one process of it: the client of each is in `<folder>/<document>`. It throws where one is refused. */
export async function generate(
  folder: string,
  { java, generator, library, typeMappings, onlyCode = false, options }: Generation,
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
      ...(typeMappings === undefined ? {} : { typeMappings }),
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
    // What is JSON is YAML.
    writeFileSync(file, JSON.stringify(configuration));
    return file;
  });
  // It is over before the compiler's second tier pays: with the first alone it takes two thirds of the processor time.
  await run([
    'java',
    '-XX:TieredStopAtLevel=1',
    '-jar',
    generatorJar(java),
    'batch',
    '--fail-fast',
    '--threads',
    '2',
    ...files,
  ]);
}

/** The libraries of a generated Java client, without the generator's own jar, which carries older ones in itself. */
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
