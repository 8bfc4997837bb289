import type Docker from 'dockerode';
import type { DockerConfig } from '#domain/drivers/docker/index.js';
import type { ChosenImage } from '#domain/jobs/job/chosen-image.js';
import type { RegistryCredential } from '#domain/accounts/registry/credential.js';
import { DOCKER_HUB, registryOf } from '#domain/accounts/registry/host.js';
import { TaskStartError, type TaskSpec } from '../driver.js';
import { errorFields, type AgentLog } from '../../platform/log.js';
import { CallError, type Targets } from '../http/index.js';
import { isRefused, pullProblem, UNREACHABLE_REGISTRY } from './daemon-problem.js';
import { followProgress } from './daemon-stream.js';
import { imageDigest } from './image-digest.js';
import { daemonMessage, statusOf } from './docker-error.js';
import type { PrivateImages } from './private-images.js';
import { checkRegistry } from './registry-check.js';

const HUB_SERVER = 'https://index.docker.io/v1/';

export interface WantedImage {
  readonly image: string;
  readonly chosen?: ChosenImage | undefined;
  readonly owner: string;
  /** Returns the owner's credential for a registry. Only called before a pull. */
  credential(host: string): Promise<RegistryCredential | undefined>;
}

export interface ImagesOptions {
  readonly docker: Docker;
  readonly privateImages: PrivateImages;
  readonly reach: Targets;
  readonly log: AgentLog;
}

export class Images {
  readonly #docker: Docker;
  readonly #private: PrivateImages;
  readonly #reach: Targets;
  readonly #log: AgentLog;
  readonly #pulls = new Map<string, Promise<void>>();

  constructor({ docker, privateImages, reach, log }: ImagesOptions) {
    this.#docker = docker;
    this.#private = privateImages;
    this.#reach = reach;
    this.#log = log;
  }

  /**
   * Pulls the image if the daemon lacks it, has it only for other tenants, or must check for a newer one. If one of several callers that wait for the
   * same pull leaves, the pull continues. If an image is not from a registry, the daemon's copy is used.
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
    // The reason does not say that other tenants have the image.
    if (got !== undefined && !(await this.#private.isFor(got, owner)))
      throw new TaskStartError(
        'image pull failed: this node does not accept the image from this registry; pull it from the registry that published it, with a credential for it',
      );
  }

  /**
   * Returns how to refer to the image: by id if one was resolved and is available to the owner, else by reference. An image that is not from a
   * registry exists only on its node.
   */
  async nameOf({ image, owner, chosen }: Pick<WantedImage, 'image' | 'owner' | 'chosen'>): Promise<string> {
    const { image_digest: digest } = chosen ?? {};
    if (digest === undefined) return image;
    const id = await this.#present(digest);
    return id !== undefined && (await this.#private.isFor(id, owner)) ? digest : image;
  }

  async #pulled(wanted: WantedImage, signal: AbortSignal): Promise<void> {
    const { image, owner } = wanted;
    await Promise.race([this.#refuseRegistry(image, signal), aborted(signal)]);
    const credential = await Promise.race([wanted.credential(registryOf(image)), aborted(signal)]);
    const key = credential === undefined ? image : `${image} ${owner}`;
    let pull = this.#pulls.get(key);
    if (pull === undefined) {
      pull = this.#pull(image, owner, credential).finally(() => this.#pulls.delete(key));
      this.#pulls.set(key, pull);
    }
    await Promise.race([pull, aborted(signal)]);
  }

  /** The daemon could reach forbidden addresses, so registries are restricted in the same way as task calls. */
  async #refuseRegistry(image: string, signal: AbortSignal): Promise<void> {
    try {
      await checkRegistry(image, this.#reach, signal);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      this.#log.warn({ image, ...errorFields(error.cause ?? error) }, 'agent.docker.registry-refused');
      throw new TaskStartError(`image pull failed: ${UNREACHABLE_REGISTRY}`, { cause: error });
    }
  }

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

  /** Returns the digest of an image that the daemon has, or undefined if it does not have it. */
  async pulledDigest(wanted: Pick<WantedImage, 'image' | 'owner' | 'chosen'>): Promise<string | undefined> {
    const id = await this.#present(await this.nameOf(wanted));
    return id === undefined || wanted.chosen?.image_digest === id ? id : await this.digest(wanted.image, id);
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
    // Without a tag, Docker would pull all tags.
    const reference = /(:[^/]+|@[^/]+)$/.test(image) ? image : `${image}:latest`;
    const host = registryOf(image);
    // The credential is sent in a header, so the daemon does not log it.
    const authconfig = credential && {
      ...credential,
      serveraddress: host === DOCKER_HUB ? HUB_SERVER : host,
    };
    try {
      await followProgress(
        (await this.#docker.pull(
          reference,
          authconfig === undefined ? {} : { authconfig },
        )) as NodeJS.ReadableStream,
      );
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
    ? `; if ${host} requires a login: muster registry login ${host}`
    : `; ${host} rejected the credential of the tenant (username ${credential.username}): replace it with muster registry login ${host}`;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const refuse = (): void => reject(new TaskStartError('stopped while its image was being pulled'));
    if (signal.aborted) refuse();
    else signal.addEventListener('abort', refuse, { once: true });
  });
}

/** Returns the image that a task needs. */
export function wantedBy({
  config,
  chosenImage: chosen,
  imageOwner: owner = '',
}: TaskSpec<DockerConfig>): Omit<WantedImage, 'credential'> {
  return { image: config.image, chosen, owner };
}
