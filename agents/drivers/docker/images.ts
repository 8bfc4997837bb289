import type Docker from 'dockerode';
import { TaskStartError } from '../driver.js';
import { imageDigest } from './image-digest.js';
import { daemonMessage, statusOf } from './docker-error.js';

/** Images of one daemon: present, or pulled once however many tasks wait for them. */
export class Images {
  readonly #docker: Docker;
  readonly #pulls = new Map<string, Promise<void>>();

  constructor(docker: Docker) {
    this.#docker = docker;
  }

  /** Pulls the image if the daemon does not have it. A pull that has begun goes on when one of those waiting leaves. */
  async ensure(image: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#docker.getImage(image).inspect();
      return;
    } catch (error) {
      if (statusOf(error) === 400) throw new TaskStartError(`image pull failed: ${daemonMessage(error)}`, { cause: error });
      if (statusOf(error) !== 404) throw error;
    }
    let pull = this.#pulls.get(image);
    if (pull === undefined) {
      pull = this.#pull(image).finally(() => this.#pulls.delete(image));
      this.#pulls.set(image, pull);
    }
    await Promise.race([pull, aborted(signal)]);
  }

  /** TCP and UDP ports that the image exposes, as `80/tcp`. */
  async exposedPorts(image: string): Promise<string[]> {
    const { Config } = await this.#docker.getImage(image).inspect();
    return Object.keys(Config.ExposedPorts ?? {});
  }

  /** What the image of that id is by its content; the id where the daemon does not say more. */
  async digest(image: string, id: string): Promise<string> {
    try {
      return imageDigest(image, await this.#docker.getImage(id).inspect());
    } catch {
      return id;
    }
  }

  async #pull(image: string): Promise<void> {
    // Without a tag Docker would pull every tag there is.
    const reference = /(:[^/]+|@[^/]+)$/.test(image) ? image : `${image}:latest`;
    try {
      const progress: NodeJS.ReadableStream = await this.#docker.pull(reference);
      await new Promise<void>((resolve, reject) => {
        this.#docker.modem.followProgress(progress, (error) => (error === null ? resolve() : reject(error)));
      });
    } catch (error) {
      throw new TaskStartError(`image pull failed: ${daemonMessage(error)}`, { cause: error });
    }
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const refuse = (): void => reject(new TaskStartError('stopped while its image was pulled'));
    if (signal.aborted) refuse();
    else signal.addEventListener('abort', refuse, { once: true });
  });
}
