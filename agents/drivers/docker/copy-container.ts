import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type Docker from 'dockerode';
import { statusOf } from './docker-error.js';
import { followProgress, openStream } from './daemon-stream.js';

/** An image without files, which the agent makes itself. No registry can have this name, because its domain does not exist. */
const EMPTY_IMAGE = 'muster.invalid/empty';
const EMPTY_ARCHIVE_BYTES = 1024;
/** Where the container has the volume. */
const MOUNT = 'volume';

/**
 * A container that only mounts a volume, so that the daemon reads and writes it. It is never started, so no program runs, and the volume's owners,
 * modes and links remain what they are.
 */
export class CopyContainer {
  private constructor(
    private readonly docker: Docker,
    readonly id: string,
  ) {}

  /** @param daemonVolume the daemon's name of the volume to mount. */
  static async create(
    docker: Docker,
    { labels, daemonVolume }: { readonly labels: Record<string, string>; readonly daemonVolume: string },
  ): Promise<CopyContainer> {
    const request: Docker.ContainerCreateOptions = {
      Image: EMPTY_IMAGE,
      Cmd: ['never-started'],
      Labels: labels,
      HostConfig: {
        NetworkMode: 'none',
        Mounts: [
          {
            Type: 'volume',
            Source: daemonVolume,
            Target: `/${MOUNT}`,
            ReadOnly: false,
            VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: 'local', Options: {} } },
          },
        ],
      },
    };
    const create = async (): Promise<Docker.Container> => await docker.createContainer(request);
    const { id } = await create().catch(async (error: unknown) => {
      if (statusOf(error) !== 404) throw error;
      await importEmptyImage(docker);
      return await create();
    });
    return new CopyContainer(docker, id);
  }

  /** Opens an archive of the volume's content. Its names begin with `./`, or with `volume/` if they are for {@link extract}. */
  async archive(signal: AbortSignal, forMount = false): Promise<Readable> {
    const path = forMount ? `/${MOUNT}` : `/${MOUNT}/.`;
    return await openStream(this.docker, 'GET', `/containers/${this.id}/archive`, { path }, signal);
  }

  /**
   * Extracts an archive whose names begin with `volume/`. The volume's own directory gets the owner and mode that it has there. The daemon refuses links
   * that lead out of the directory in which it extracts, so that is the one above the volume.
   */
  async extract(archive: Readable, signal: AbortSignal): Promise<void> {
    const read = finished(archive);
    read.catch(() => undefined);
    try {
      await this.docker.getContainer(this.id).putArchive(archive, { path: '/', abortSignal: signal });
      // The daemon's response may come before the end of the archive, which is then still read.
      archive.resume();
      await read;
    } finally {
      archive.destroy();
    }
  }
}

/** What names begin with in an archive for {@link CopyContainer.extract}. */
export const MOUNT_ENTRY = `${MOUNT}/`;

async function importEmptyImage(docker: Docker): Promise<void> {
  const archive = Readable.from([Buffer.alloc(EMPTY_ARCHIVE_BYTES)]);
  await followProgress(await docker.importImage(archive, { repo: EMPTY_IMAGE, tag: 'latest' }));
}
