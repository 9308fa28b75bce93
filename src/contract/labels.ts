/** Labels and annotations by which Plinth's pods are known. */
export const labels = {
  /** On every runtime pod and its Deployment; the value is the runtime's command. */
  runtime: 'plinth.dev/runtime',
  /** The model that a pod serves or watches. */
  model: 'plinth.dev/model',
  /** The platform's name. */
  platform: 'plinth.dev/platform',
} as const;

/** What a runtime pod does: the first argument of `plinth-runtime`. */
export const runtimeCommands = ['serve', 'monitor'] as const;
/** Commands that do one thing and end. */
export const runtimeTools = ['replay'] as const;
export type RuntimeCommand = (typeof runtimeCommands)[number];
