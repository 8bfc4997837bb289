import type { Backend } from '#domain/drivers/conda/index.js';
import type { BackEnd, BackEndHost } from './back-end.js';
import { CommandLine } from './command-line.js';
import { Rattler } from './rattler.js';
import { Venv } from './venv.js';

export async function openBackEnd(name: Backend, host: BackEndHost): Promise<BackEnd> {
  if (name === 'rattler') return new Rattler(host);
  if (name === 'venv') return new Venv(host);
  return new CommandLine(host);
}
