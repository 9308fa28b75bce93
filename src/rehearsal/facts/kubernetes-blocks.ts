import { kubernetesName } from '../formats/kubernetes-name';
import { oneOf, quoted } from '../formats/words';
import { settled, text, type Wrong } from './kubernetes-config';
import { podBlocks } from './kubernetes-containers';
import { limit, scopes } from './kubernetes-quotas';
import { claimed } from './kubernetes-storage';
import { given, known, needs, oneSource, wrong, type BlockRule } from './kubernetes-rule';

/** A condition on labels. Source: k8s.io/apimachinery/pkg/apis/meta/v1/validation, and ValidateNodeSelectorRequirement of Kubernetes. */
const expression: BlockRule = ({ operator, values }) => {
  const word = text(operator);
  if (word === undefined || !known(values)) return [];
  const all = Array.isArray(values) ? values : [];
  if (word === 'In' || word === 'NotIn') {
    return all.length > 0 ? [] : wrong(`${word} compares with no values; write one, or the operator Exists`, 'values');
  }
  if (word === 'Gt' || word === 'Lt') {
    const [first] = all;
    const clause = `${word} compares with one whole number; write it alone`;
    if (all.length !== 1) return wrong(clause, 'values');
    // The server takes it, and no node will do.
    return typeof first !== 'string' || /^-?\d+$/.test(first) ? [] : [{ path: ['values'], clause, taken: true }];
  }
  const alone = word === 'Exists' || word === 'DoesNotExist';
  return alone && all.length > 0
    ? wrong(`${word} compares with nothing; leave the values out, or write the operator In`, 'values')
    : [];
};

const endPort: BlockRule = ({ port, end_port: end }) => {
  if (typeof end !== 'number' || end === 0 || !known(port)) return [];
  const begin = text(port) ?? (typeof port === 'number' ? String(port) : undefined);
  if (begin === undefined) return wrong('a range needs its begin; write port as well', 'end_port');
  if (!/^\d+$/.test(begin)) {
    return wrong(
      `a range begins with a number, not with ${quoted(begin)}; write the number, or leave it out`,
      'end_port',
    );
  }
  return end < Number(begin) ? wrong(`it is ${end}, before the port ${begin}; write ${begin} or more`, 'end_port') : [];
};

const peer: BlockRule = (block) => {
  const names = ['ip_block', 'namespace_selector', 'pod_selector'];
  return names.every((name) => settled(block[name])) && !names.some((name) => given(block, name))
    ? wrong(`it names nobody; write ${oneOf(names)}, or leave the list out to mean everybody`)
    : [];
};

const backendPort: BlockRule = ({ name, number }) => {
  if (!known(name) || !known(number)) return [];
  const [named, numbered] = [text(name) !== undefined, typeof number === 'number' && number > 0];
  if (named && numbered) return wrong('it has both name and number; keep one');
  return named || numbered ? [] : wrong('it has neither name nor number; write one of them');
};

/** Source: pkg/apis/autoscaling/validation/validation.go of Kubernetes. */
const metricSources: Readonly<Record<string, string>> = {
  ContainerResource: 'container_resource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
};
const metric: BlockRule = (block) => {
  const type = text(block['type']);
  const own = type === undefined ? undefined : metricSources[type];
  const all = Object.values(metricSources);
  if (own === undefined || !all.every((name) => settled(block[name]))) return [];
  const other = all.filter((name) => name !== own && given(block, name));
  if (!given(block, own)) return wrong(`a metric of the type ${type} needs the block ${own}; write it`);
  return other.map((name) => ({ path: [name], clause: `a metric of the type ${type} has no ${name}; leave it out` }));
};

const target =
  (...values: readonly string[]): BlockRule =>
  (block) => {
    const all = ['average_utilization', 'average_value', 'value'];
    if (![...all, 'type'].every((name) => known(block[name]))) return [];
    const held = all.filter((name) => typeof block[name] === 'number' || text(block[name]) !== undefined);
    const right = held.filter((name) => values.includes(name));
    if (right.length === 0) return wrong(`it has no value to reach; write ${oneOf(values)}`);
    return right.length > 1 ? wrong(`it has both ${right.join(' and ')}; keep one`) : [];
  };

const clientConfig: BlockRule = (block) => {
  if (!known(block['url']) || !settled(block['service'])) return [];
  const url = text(block['url']);
  if ((url !== undefined) === given(block, 'service')) {
    return wrong(
      url === undefined ? 'it leads nowhere; write service or url' : 'it has both service and url; keep one',
    );
  }
  if (url === undefined || /^https:\/\/[^/?#@]+(\/[^?#]*)?$/.test(url)) return [];
  return wrong(`${quoted(url)} is not of the form https://host/path; write it so`, 'url');
};

const webhook: BlockRule = ({ name, admission_review_versions: versions }) => {
  const own = text(name);
  const found: Wrong[] = [];
  const misnamed = own === undefined ? undefined : kubernetesName(own);
  if (misnamed !== undefined) found.push(...wrong(misnamed, 'name'));
  else if (own !== undefined && own.split('.').length < 3) {
    found.push(...wrong(`${quoted(own)} has fewer than three parts; write a domain such as name.example.com`, 'name'));
  }
  if (Array.isArray(versions) && versions.every(known) && !versions.some((one) => one === 'v1' || one === 'v1beta1')) {
    found.push(...wrong('none of the versions is one that Kubernetes speaks; write v1', 'admission_review_versions'));
  }
  return found;
};

const intercepted: BlockRule = (rule) => {
  const { operations } = rule;
  const all = Array.isArray(operations) && operations.includes('*') && operations.length > 1;
  return [
    ...needs('api_groups', 'api_versions', 'resources')(rule),
    ...(all ? wrong('"*" stands for every operation; write it alone', 'operations') : []),
  ];
};

const ofNamespace: BlockRule = ({ scope, namespace }) =>
  scope === 'Namespace' && known(namespace) && text(namespace) === undefined
    ? wrong('the scope Namespace needs the name of one; write namespace', 'namespace')
    : [];

const resourceTarget = target('average_utilization', 'average_value');
const valueTarget = target('average_value', 'value');

/**
 * Relations within one block, wherever it stands, by the block's name, after that of the block around it where the name alone
 * says too little.
 * Source: pkg/apis/{core,networking,autoscaling,admissionregistration}/validation of Kubernetes.
 */
export const blockRules: Readonly<Record<string, BlockRule>> = {
  ...podBlocks,
  match_expressions: expression,
  node_expressions: expression,
  persistent_volume_source: oneSource(undefined, 1),
  'ingress.ports': endPort,
  'egress.ports': endPort,
  'ingress.from': peer,
  'egress.to': peer,
  'service.port': backendPort,
  backend: oneSource(['resource', 'service'], 1),
  default_backend: oneSource(['resource', 'service'], 1),
  'backend.service': needs('port'),
  'default_backend.service': needs('port'),
  'rule.http': needs('path'),
  'node_affinity.required_during_scheduling_ignored_during_execution': needs('node_selector_term'),
  'node_affinity.required': needs('node_selector_term'),
  'persistent_volume_source.csi': needs('driver', 'volume_handle'),
  'volume_claim_template.spec': claimed,
  match_label_expressions: needs('values'),
  aggregation_rule: needs('cluster_role_selectors'),
  scale_target_ref: needs('name'),
  described_object: needs('name'),
  'metric.resource': needs('name'),
  'metric.container_resource': needs('name', 'container'),
  subject: needs('name'),
  'client_config.service': needs('name', 'namespace'),
  'webhook.rule': intercepted,
  parameters: ofNamespace,
  scope_selector: scopes,
  'spec.metric': metric,
  'resource.target': resourceTarget,
  'container_resource.target': resourceTarget,
  'pods.target': target('average_value'),
  'object.target': valueTarget,
  'external.target': valueTarget,
  client_config: clientConfig,
  webhook,
  'spec.limit': limit,
};
