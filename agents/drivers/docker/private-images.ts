import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writeFileDurably } from '../../journal/durable-file.js';

/** Tenants by registry, by image id. Older releases stored only the tenants. */
const written = z.record(
  z.string(),
  z.union([
    z.record(z.string(), z.array(z.string())),
    z.array(z.string()).transform((owners) => ({ [UNKNOWN]: owners })),
  ]),
);

/** Registry of images that an older release pulled. */
const UNKNOWN = '';
const MAX_IMAGES = 10_000;

/**
 * Registries that accept a manifest only from clients that uploaded its layers or may read them, so that what anyone can pull there is public.
 * Another registry could serve the manifest of a private image without its layers, and the daemon, which has them, would complete it.
 */
const HOLD_ALL_LAYERS: ReadonlySet<string> = new Set([
  'docker.io',
  'ghcr.io',
  'quay.io',
  'gcr.io',
  'registry.k8s.io',
  'mcr.microsoft.com',
  'public.ecr.aws',
  'registry.gitlab.com',
  'nvcr.io',
]);

export interface Pulled {
  readonly id: string;
  readonly owner: string;
  readonly host: string;
  readonly withCredential: boolean;
}

type Owners = Map<string, Set<string>>;

/**
 * Records which images were pulled with a credential, by whom and from where. The daemon shares its images with everyone, so another tenant must
 * first present a credential of its own to the image's registry.
 */
export class PrivateImages {
  #known: Promise<Map<string, Owners>> | undefined;

  constructor(private readonly file: string | undefined) {}

  async isFor(id: string, owner: string): Promise<boolean> {
    const known = (await this.#read()).get(id);
    return known === undefined || [...known.values()].some((owners) => owners.has(owner));
  }

  /** Records a pull. Without a credential the image counts as public, unless it is private and this registry cannot vouch for it. */
  async pulled({ id, owner, host, withCredential }: Pulled): Promise<void> {
    const known = await this.#read();
    const before = known.get(id);
    if (before === undefined && !withCredential) return;
    if (before !== undefined && !before.has(host) && !HOLD_ALL_LAYERS.has(host)) return;
    const owners = before ?? new Map<string, Set<string>>();
    if (!withCredential) known.delete(id);
    else if (owners.get(host)?.has(owner) === true) return;
    else known.set(id, owners.set(host, new Set([...(owners.get(host) ?? []), owner])));
    for (const oldest of known.keys()) {
      if (known.size <= MAX_IMAGES) break;
      known.delete(oldest);
    }
    if (this.file !== undefined)
      await writeFileDurably(
        this.file,
        JSON.stringify(Object.fromEntries([...known].map(([each, of]) => [each, plain(of)]))),
      );
  }

  async #read(): Promise<Map<string, Owners>> {
    this.#known ??= this.#load();
    return await this.#known;
  }

  async #load(): Promise<Map<string, Owners>> {
    if (this.file === undefined) return new Map();
    let text: string;
    try {
      text = await readFile(this.file, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Map();
      throw error;
    }
    const found = Object.entries(written.parse(JSON.parse(text)));
    return new Map(
      found.map(([id, hosts]) => [
        id,
        new Map(Object.entries(hosts).map(([host, owners]) => [host, new Set(owners)])),
      ]),
    );
  }
}

function plain(owners: Owners): Record<string, string[]> {
  return Object.fromEntries([...owners].map(([host, of]) => [host, [...of]]));
}
