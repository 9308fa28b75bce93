// The peers that a Python environment has (PLINTH_BENCH_PYTHON: its interpreter): MLServer, PyTriton, the Triton of its
// wheel with models of the Python backend (the wheel has no ONNX backend), and onnxruntime.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, launch, scratch } from './processes.mjs';
import { imageFile, mlpFile } from './workload.mjs';

const here = dirname(fileURLToPath(import.meta.url));
export const python = process.env.PLINTH_BENCH_PYTHON;

const question = `
import importlib.metadata as m, json, site, sysconfig, sys
def version(name):
    try: return m.version(name)
    except m.PackageNotFoundError: return None
names = ["mlserver", "nvidia-pytriton", "onnxruntime"]
print(json.dumps({"versions": {n: version(n) for n in names}, "packages": sysconfig.get_path("purelib"),
  "lib": sysconfig.get_config_var("LIBDIR"), "python": "%d.%d" % sys.version_info[:2]}))`;
const found =
  python === undefined ? { versions: {} } : JSON.parse(execFileSync(python, ['-c', question], { encoding: 'utf8' }));

/** Version of each peer, or undefined where it is not installed. */
export const versions = Object.fromEntries(
  ['mlserver', 'nvidia-pytriton', 'onnxruntime'].map((name) => [name, found.versions[name] ?? undefined]),
);

export async function mlserver(core) {
  const folder = join(scratch, 'mlserver');
  mkdirSync(folder);
  cpSync(join(here, 'mlserver_model.py'), join(folder, 'mlserver_model.py'));
  const [http, grpc, metrics] = [await freePort(), await freePort(), await freePort()];
  const settings = { host: '127.0.0.1', http_port: http, grpc_port: grpc, metrics_port: metrics, parallel_workers: 0 };
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({ ...settings, debug: false }));
  const model = { name: 'tumour', implementation: 'mlserver_model.Onnx', parameters: { uri: mlpFile, version: '1' } };
  writeFileSync(join(folder, 'model-settings.json'), JSON.stringify(model));
  const code = 'from mlserver.cli import main; main()';
  const options = { cwd: folder, stderr: 'ignore', env: { ...process.env, PYTHONPATH: folder } };
  const child = launch(core, python, ['-c', code, 'start', folder], options);
  return { child, pid: child.pid, urls: { http: `http://127.0.0.1:${http}` } };
}

function model(folder, name, { file, input, outputs, batches }) {
  mkdirSync(join(folder, name, '1'), { recursive: true });
  cpSync(join(here, 'triton-model.py'), join(folder, name, '1/model.py'));
  // A scalar for each row has no dims beside the batch, which Triton calls a reshape.
  const form = ({ dims }) => (dims === '' ? 'dims: 1 reshape { }' : `dims: [${dims}]`);
  const io = (kind, each) => `${kind} { name: "${each.name}" data_type: TYPE_${each.type} ${form(each)} }\n`;
  const batching = batches ? 'max_batch_size: 64\ndynamic_batching { }\n' : '';
  writeFileSync(
    join(folder, name, 'config.pbtxt'),
    `backend: "python"\n${batching}${io('input', input)}${outputs.map((each) => io('output', each)).join('')}` +
      `parameters { key: "file" value { string_value: "${file}" } }\n`,
  );
}

const libraries = () => ({
  ...process.env,
  LD_LIBRARY_PATH: `${join(found.packages, 'nvidia_pytriton.libs')}:${found.lib}`,
});

/** PyTriton as its documentation shows it: Triton in front of functions of a Python process. */
export async function pytriton(core) {
  const [http, grpc, metrics] = [await freePort(), await freePort(), await freePort()];
  const args = [join(here, 'pytriton_server.py'), mlpFile, imageFile, http, grpc, metrics];
  const child = launch(core, python, args, {
    env: libraries(),
    stderr: process.env.PLINTH_BENCH_DEBUG ? 'inherit' : 'ignore',
  });
  return { child, pid: child.pid, urls: { http: `http://127.0.0.1:${http}`, grpc: `127.0.0.1:${grpc}` } };
}

/** Triton with the same ONNX models in Python, and with the bare identity of the same inputs. */
export async function triton(core) {
  const folder = join(scratch, 'triton');
  const wheel = join(found.packages, 'pytriton/tritonserver');
  const backend = join(folder, 'backends/python');
  cpSync(join(wheel, 'backends'), join(folder, 'backends'), { recursive: true });
  cpSync(
    join(wheel, 'python_backend_stubs', found.python, 'triton_python_backend_stub'),
    join(backend, 'triton_python_backend_stub'),
  );
  const utils = join(backend, 'triton_python_backend_utils.py');
  writeFileSync(
    utils,
    `import sys; sys.path.insert(0, ${JSON.stringify(found.packages)})\n${readFileSync(utils, 'utf8')}`,
  );
  const features = { name: 'features', type: 'FP32', dims: '30' };
  const x = { name: 'X', type: 'FP32', dims: '-1, 2' };
  const models = join(folder, 'models');
  const outputs = [
    { name: 'label', type: 'INT64', dims: '' },
    { name: 'probabilities', type: 'FP32', dims: '2' },
  ];
  model(models, 'tumour', { file: mlpFile, input: features, outputs, batches: true });
  model(models, 'tumour_echo', { file: '', input: features, outputs: [{ ...features, name: 'Y' }], batches: true });
  model(models, 'identity_fp32', { file: imageFile, input: x, outputs: [{ ...x, name: 'Y' }] });
  model(models, 'identity_echo', { file: '', input: x, outputs: [{ ...x, name: 'Y' }] });
  const [http, grpc] = [await freePort(), await freePort()];
  const args = ['--model-repository', models, '--backend-directory', join(folder, 'backends'), '--http-port', http];
  const more = [
    '--grpc-port',
    grpc,
    '--allow-metrics',
    'true',
    '--metrics-port',
    await freePort(),
    '--cache-directory',
    join(wheel, 'caches'),
  ];
  const child = launch(core, join(wheel, 'bin/tritonserver'), [...args, ...more], {
    env: libraries(),
    stderr: 'ignore',
  });
  return { child, pid: child.pid, urls: { http: `http://127.0.0.1:${http}`, grpc: `127.0.0.1:${grpc}` } };
}
