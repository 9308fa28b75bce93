import { setFlagsFromString } from 'node:v8';

/**
 * Keeps this process small while it answers for providers: V8 would let the heap grow to several times what is in use. It holds for the
 * whole process, so that it is for programs of our own only. Rehearsing 500 resources then takes 112 MB instead of 165.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=20');
}
