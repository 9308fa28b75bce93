import { rehearsalMatchers, type RehearsalMatchers } from './matchers';

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- the form in which @types/jest takes matchers
  namespace jest {
    // eslint-disable-next-line @typescript-eslint/no-empty-object-type, @typescript-eslint/no-unused-vars -- as declared there
    interface Matchers<R, T = {}> extends RehearsalMatchers<R> {}
  }
}

const { expect } = globalThis as { expect?: { extend?(matchers: object): void } };
expect?.extend?.(rehearsalMatchers);
