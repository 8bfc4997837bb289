/**
 * Output of a real `nvidia-smi`: an H200 with driver 580.159.04, queried as by the agent on 2026-11-26. On that machine a job that requested one GPU
 * saw the card by its UUID, and a second container waited for it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parseGpus, wholeDevices } from '#agents/fingerprint/gpus.js';

const text = readFileSync(
  join(import.meta.dirname, '../../../../test/fixtures/nvidia-smi/h200-driver-580.csv'),
  'utf8',
);

void t.test('parses the complete output of a real nvidia-smi', async (t) => {
  const reading = parseGpus(text);
  t.same(reading, {
    gpus: [
      {
        index: 0,
        uuid: 'GPU-f77abf0a-ed22-c376-5ee6-907d8cc76278',
        name: 'NVIDIA H200',
        driver_version: '580.159.04',
        memory_total_mb: 143_771,
        memory_used_mb: 0,
        utilization_percent: 0,
        temperature_celsius: 35,
        power_watts: 82.2,
        mig: false,
      },
    ],
    problem: undefined,
  });
  t.equal(wholeDevices(reading.gpus), 1);
});
