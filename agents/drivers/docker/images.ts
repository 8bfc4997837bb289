import type Docker from 'dockerode';
import type { ChosenImage } from '#domain/jobs/job/chosen-image.js';
import type { RegistryCredential } from '#domain/services/registry/credential.js';
import { DOCKER_HUB, registryOf } from '#domain/services/registry/host.js';
import { TaskStartError } from '../driver.js';
import { errorFields, type AgentLog } from '../../log.js';
import { CallError, UnknownHostError, type Reach } from '../http/index.js';
import { isRefused, pullProblem, UNREACHABLE_REGISTRY } from './daemon-problem.js';
import { imageDigest } from './image-digest.js';
import { daemonMessage, statusOf } from './docker-error.js';
import type { PrivateImages } from './private-images.js';

const HUB_SERVER = 'https://index.docker.io/v1/';

export interface WantedImage {
  readonly image: string;
  readonly chosen?: ChosenImage | undefined;
  readonly owner: string;
  /** Returns the owner's credential for a registry. Called only before a pull. */
  credential(host: string): Promise<RegistryCredential | undefined>;
}

export interface ImagesOptions {
  readonly docker: Docker;
  readonly privateImages: PrivateImages;
  readonly reach: Pick<Reach, 'look'>;
  readonly log: AgentLog;
}

/** Images of one daemon. Concurrent tasks of an owner share a pull. */
export class Images {
  readonly #docker: Docker;
  readonly #private: PrivateImages;
  readonly #reach: Pick<Reach, 'look'>;
  readonly #log: AgentLog;
  readonly #pulls = new Map<string, Promise<void>>();

  constructor({ docker, privateImages, reach, log }: ImagesOptions) {
    this.#docker = docker;
    this.#private = privateImages;
    this.#reach = reach;
    this.#log = log;
  }

  /**
   * Pulls the image if the daemon lacks it, has it only for other tenants, or must look for a newer one. A pull continues when one of its waiters
   * leaves. An image from no registry is used as the daemon has it.
   */
  async ensure(wanted: WantedImage, signal: AbortSignal): Promise<void> {
    const { image, owner, chosen } = wanted;
    const name = await this.nameOf(wanted);
    const id = await this.#present(name);
    const has = id !== undefined && (await this.#private.isFor(id, owner));
    if (has && (name !== image || chosen?.pull_image !== true)) return;
    const own = has && (await this.digest(image, id)) === id;
    await this.#pulled(wanted, signal).catch((error: unknown) => {
      if (!own || signal.aborted) throw error;
    });
    const got = await this.#present(await this.nameOf(wanted));
    if (got !== undefined && !(await this.#private.isFor(got, owner)))
      throw new TaskStartError(
        'image pull failed: the node has this image from another registry, for other tenants; pull it from there, with a credential for it',
      );
  }

  /**
   * Returns how to refer to the image: by id if one was resolved and is available to the owner, else by reference. An image from no registry exists
   * only on its node.
   */
  async nameOf({ image, owner, chosen }: Pick<WantedImage, 'image' | 'owner' | 'chosen'>): Promise<string> {
    const { image_digest: digest } = chosen ?? {};
    if (digest === undefined) return image;
    const id = await this.#present(digest);
    return id !== undefined && (await this.#private.isFor(id, owner)) ? digest : image;
  }

  async #pulled(wanted: WantedImage, signal: AbortSignal): Promise<void> {
    const { image, owner } = wanted;
    await Promise.race([this.#refuseAddress(registryOf(image)), aborted(signal)]);
    const credential = await Promise.race([wanted.credential(registryOf(image)), aborted(signal)]);
    const key = credential === undefined ? image : `${image} ${owner}`;
    let pull = this.#pulls.get(key);
    if (pull === undefined) {
      pull = this.#pull(image, owner, credential).finally(() => this.#pulls.delete(key));
      this.#pulls.set(key, pull);
    }
    await Promise.race([pull, aborted(signal)]);
  }

  /** The daemon could reach forbidden addresses, so references are restricted like calls of tasks. Unknown names are harmless. */
  async #refuseAddress(host: string): Promise<void> {
    // The daemon may use a mirror.
    if (host === DOCKER_HUB) return;
    try {
      await this.#reach.look(`https://${host}/`);
    } catch (error) {
      if (error instanceof UnknownHostError) return;
      if (!(error instanceof CallError)) throw error;
      this.#log.warn({ host, ...errorFields(error.cause ?? error) }, 'agent.docker.registry-refused');
      throw new TaskStartError(`image pull failed: ${UNREACHABLE_REGISTRY}`, { cause: error });
    }
  }

  /** Returns the exposed TCP and UDP ports, such as `80/tcp`. */
  async exposedPorts(image: string): Promise<string[]> {
    const { Config } = await this.#docker.getImage(image).inspect();
    return Object.keys(Config.ExposedPorts ?? {});
  }

  async digest(image: string, id: string): Promise<string> {
    try {
      return imageDigest(image, await this.#docker.getImage(id).inspect());
    } catch {
      return id;
    }
  }

  async #present(image: string): Promise<string | undefined> {
    try {
      return (await this.#docker.getImage(image).inspect()).Id;
    } catch (error) {
      if (statusOf(error) === 400)
        throw new TaskStartError('image pull failed: the reference is invalid', { cause: error });
      if (statusOf(error) !== 404) throw error;
      return undefined;
    }
  }

  async #pull(image: string, owner: string, credential: RegistryCredential | undefined): Promise<void> {
    // Without a tag Docker would pull all tags.
    const reference = /(:[^/]+|@[^/]+)$/.test(image) ? image : `${image}:latest`;
    const host = registryOf(image);
    // Sent in a header, so that the daemon does not log it.
    const authconfig = credential && {
      ...credential,
      serveraddress: host === DOCKER_HUB ? HUB_SERVER : host,
    };
    try {
      const progress: NodeJS.ReadableStream = await this.#docker.pull(
        reference,
        authconfig === undefined ? {} : { authconfig },
      );
      await new Promise<void>((resolve, reject) => {
        this.#docker.modem.followProgress(progress, (error) => (error === null ? resolve() : reject(error)));
      });
    } catch (error) {
      const said = daemonMessage(error);
      this.#log.warn({ image, problem: said }, 'agent.docker.pull-failed');
      throw new TaskStartError(
        `image pull failed: ${pullProblem(said)}${adviceFor(said, host, credential)}`,
        { cause: error },
      );
    }
    const id = await this.#present(reference);
    if (id !== undefined)
      await this.#private.pulled({ id, owner, host, withCredential: credential !== undefined });
  }
}

function adviceFor(problem: string, host: string, credential: RegistryCredential | undefined): string {
  if (!isRefused(problem)) return '';
  return credential === undefined
    ? `; if ${host} wants to know who pulls: muster registry login ${host}`
    : `; ${host} did not take the credential that the tenant has for it, name ${credential.username}: set it anew with muster registry login ${host}`;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const refuse = (): void => reject(new TaskStartError('stopped while its image was pulled'));
    if (signal.aborted) refuse();
    else signal.addEventListener('abort', refuse, { once: true });
  });
}
