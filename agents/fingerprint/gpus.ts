import { execFile } from 'node:child_process';

export interface Gpu {
  readonly index: number;
  readonly name: string;
  readonly memoryMb: number;
}

/** The devices that nvidia-smi lists; none where it is not on the path, fails or takes longer than five seconds. */
export function findGpus(): Promise<Gpu[]> {
  return new Promise((resolve) => {
    execFile('nvidia-smi', ['--query-gpu=index,name,memory.total', '--format=csv,noheader,nounits'], { timeout: 5000, killSignal: 'SIGKILL' }, (error, stdout) => {
      resolve(error === null ? parseGpus(stdout) : []);
    });
  });
}

/** Lines of `0, NVIDIA H100, 81559`. */
export function parseGpus(text: string): Gpu[] {
  return text.split('\n').flatMap((line) => {
    const [index = '', name = '', memory = ''] = line.split(',').map((part) => part.trim());
    return /^\d+$/.test(index) ? [{ index: Number(index), name, memoryMb: Number.parseInt(memory, 10) || 0 }] : [];
  });
}
