/** Ends the name of the attribute that says why a driver, whose name it begins with, takes no new work. The node then does not offer the driver. */
export const FAULT_SUFFIX = '.start_fault';
/** Why containers cannot be started on the node at present. */
export const DOCKER_FAULT = `docker${FAULT_SUFFIX}`;
/** Why containers with GPUs cannot be started on the node at present. Its GPUs then take no new work. */
export const GPU_FAULT = 'docker.gpu_fault';
