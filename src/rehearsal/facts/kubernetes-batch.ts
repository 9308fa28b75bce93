import { nearest } from '@plinth/contract';
import { oneOf, quoted } from '../formats/words';
import { isKnown, type TfObject } from '../protocol/codec';
import { block, blocks, settled, text, type Path, type Wrong } from './kubernetes-config';

/** Source: pkg/apis/batch/validation/validation.go of Kubernetes. */
export function job(config: TfObject): Wrong[] {
  const spec = block(config['spec']);
  const at = (...path: Path): Path => ['spec', 0, ...path];
  const found: Wrong[] = [];
  const { manual_selector: manual, completion_mode: mode, backoff_limit_per_index: perIndex } = spec;
  if (blocks(spec['selector']).length > 0 && manual !== true && isKnown(manual ?? null)) {
    found.push({
      path: at('selector'),
      clause: 'Kubernetes selects the pods of a job itself; leave it out, or write manual_selector = true',
    });
  }
  if (typeof perIndex === 'number' && mode !== 'Indexed' && isKnown(mode ?? null)) {
    const clause = 'only a job of the completion_mode Indexed has indexes; write that mode, or leave it out';
    found.push({ path: at('backoff_limit_per_index'), clause });
  }
  if (typeof spec['max_failed_indexes'] === 'number' && perIndex === null) {
    const clause = 'it counts failures of indexes, which backoff_limit_per_index limits; write that as well';
    found.push({ path: at('max_failed_indexes'), clause });
  }
  const policy = blocks(spec['pod_failure_policy'])[0];
  if (policy === undefined) return found;
  const pod = block(block(spec['template'])['spec']);
  if (text(pod['restart_policy']) === 'OnFailure') {
    found.push({
      path: at('template', 0, 'spec', 0, 'restart_policy'),
      clause: 'OnFailure restarts a container before pod_failure_policy is asked; write Never',
    });
  }
  const names = [...blocks(pod['container']), ...blocks(pod['init_container'])].map(({ name }) => name);
  for (const [i, rule] of blocks(policy['rule']).entries()) {
    const path = at('pod_failure_policy', 0, 'rule', i);
    found.push(...ruleWrong(rule, path, names.every((name) => typeof name === 'string') ? names : undefined));
    if (rule['action'] === 'FailIndex' && perIndex === null) {
      const clause = 'FailIndex needs backoff_limit_per_index; write it, or the action FailJob';
      found.push({ path: [...path, 'action'], clause });
    }
  }
  return found;
}

/** @param names of the containers; undefined where not all are known */
function ruleWrong(rule: TfObject, path: Path, names: readonly string[] | undefined): Wrong[] {
  const sources = ['on_exit_codes', 'on_pod_condition'];
  if (!sources.every((name) => settled(rule[name]))) return [];
  const given = sources.filter((name) => blocks(rule[name]).length > 0);
  if (given.length !== 1)
    return [{ path, clause: `it has ${given.length} conditions; write one of ${oneOf(sources)}` }];
  const codes = blocks(rule['on_exit_codes'])[0];
  if (codes === undefined) return [];
  const at: Path = [...path, 'on_exit_codes', 0];
  const { values } = codes;
  const found: Wrong[] = [];
  const container = text(codes['container_name']);
  if (container !== undefined && names?.includes(container) === false) {
    const meant = nearest(container, names) ?? names[0] ?? 'the name of one';
    found.push({
      path: [...at, 'container_name'],
      clause: `there is no container ${quoted(container)}; write ${quoted(meant)}`,
    });
  }
  if (!Array.isArray(values) || !values.every((value) => typeof value === 'number')) return found;
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  if (values.length === 0) found.push({ path: [...at, 'values'], clause: 'it has no exit code; write one such as 1' });
  else if (values.join() !== sorted.join()) {
    found.push({ path: [...at, 'values'], clause: `exit codes stand in order, each once; write ${sorted.join(', ')}` });
  }
  if (values.includes(0)) {
    found.push({
      path: [...at, 'values'],
      clause: '0 is the exit code of success, which no policy is asked about; leave it out',
    });
  }
  return found;
}
