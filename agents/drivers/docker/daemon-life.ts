import type Docker from 'dockerode';

/**
 * Ends every request to the daemon when the signal aborts: pulls, and requests to a daemon that does not answer, would keep the process
 * alive for as long as they take. Few of the client's own methods take a signal, but all of them dial.
 */
export function untilEndOf(life: AbortSignal, docker: Docker): Docker {
  const { modem } = docker;
  const dial = modem.dial.bind(modem);
  modem.dial = (options, callback) => {
    const { abortSignal } = options;
    dial({ ...options, abortSignal: abortSignal === undefined ? life : AbortSignal.any([abortSignal, life]) }, callback);
  };
  return docker;
}
