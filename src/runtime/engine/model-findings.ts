import { PlinthError, type Finding } from '@plinth/contract';

/** It will answer soon. */
export const loading = (model: string): Finding => ({
  code: 'model-loading',
  what: 'it cannot answer yet',
  where: `model "${model}"`,
  why: 'it is being loaded',
  cure: 'try again shortly',
});

/** It was put aside, and only a request for an answer brings it back. */
export const putAside = (model: string): Finding => ({
  code: 'model-aside',
  what: 'it is not in memory',
  where: `model "${model}"`,
  why: 'others were asked for later, and --max-model-bytes has no room for all',
  cure: 'send it a request, or raise --max-model-bytes',
});

export function noVersion(repository: string, model: string): PlinthError {
  return new PlinthError({
    code: 'model-file-missing',
    what: 'no version of the model can be served',
    where: `${repository}/${model}`,
    why: 'there is no folder with a version number that holds model.onnx, or version_policy wants none of them',
    cure: `store the model as ${model}/1/model.onnx`,
  });
}

export function refusedByEngine(model: string, version: string, message: string): Finding {
  return {
    code: 'model-refused',
    what: 'the model cannot be loaded',
    where: `model "${model}", version ${version}`,
    // The engine's sentence begins with the path on this machine, which is no client's business.
    why: message.replace(/^Load model from .* failed:\s*/, '').replace(/[\s.]+$/, ''),
    cure: 'export it to ONNX again and store it under a new version',
  };
}

export function unknownModel(model: string, known: readonly string[]): Finding {
  const held = known.includes(model);
  return {
    code: 'unknown-model',
    // Triton's opening words, by which clients tell this mistake from others.
    where: 'Request for unknown model',
    what: held ? `"${model}" is not loaded` : `"${model}" is not found`,
    why: held
      ? 'nobody has asked for it to be'
      : known.length === 0
        ? 'the model repository holds none yet'
        : `the model repository holds ${known.map((each) => `"${each}"`).join(', ')}`,
    cure: held ? 'load it first' : known.length === 0 ? 'store the model there' : 'use one of these names',
  };
}

export function unknownVersion(model: string, version: string, known: readonly string[]): Finding {
  return {
    code: 'unknown-version',
    what: `version ${version} is not served`,
    where: `model "${model}"`,
    why: known.length === 0 ? 'none is' : `${known.join(', ')} ${known.length === 1 ? 'is' : 'are'}`,
    cure: 'leave the version out, or name one that is',
  };
}

export function tooLarge(model: string, version: string, bytes: number, limit: number): PlinthError {
  return new PlinthError({
    code: 'model-too-large',
    what: `the model has ${bytes} bytes`,
    where: `model "${model}", version ${version}`,
    why: `--max-model-bytes is ${limit}`,
    cure: 'raise it, or serve this model elsewhere',
  });
}

/** Models come and go with the repository; two hands on the same model would undo each other's work. */
export const notControlled: Finding = {
  code: 'not-controlled',
  what: 'models are not loaded and unloaded on request',
  where: 'model server',
  why: '--model-control is not explicit: what the repository holds is what is served',
  cure: 'change the repository, or start the server with --model-control explicit',
};
