import type Docker from 'dockerode';

/**
 * Aborts every request to the daemon when the signal aborts, because pulls and pending requests would keep the process alive. Few client methods
 * accept a signal, but all of them use `dial`.
 */
export function abortableDocker(life: AbortSignal, docker: Docker): Docker {
  const { modem } = docker;
  const dial = modem.dial.bind(modem);
  modem.dial = (options, callback) => {
    const { abortSignal } = options;
    dial(
      { ...options, abortSignal: abortSignal === undefined ? life : AbortSignal.any([abortSignal, life]) },
      callback,
    );
  };
  return docker;
}
