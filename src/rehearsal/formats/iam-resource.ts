import { nearest } from '@plinth/contract';
import { partsOfArn, shapeOfArn } from './arn';
import { overlap, tokensOf, type Token } from './glob';
import { iamService } from './iam-data';
import { oneOf, quoted } from './words';

const partitions = ['aws', 'aws-cn', 'aws-us-gov', 'aws-eusc', 'aws-iso', 'aws-iso-b', 'aws-iso-e', 'aws-iso-f'];

/** What is wrong with a resource of a policy: `*`, or an ARN that may hold wildcards and policy variables. */
export function resourceWrong(text: string): string | undefined {
  if (text === '*') return undefined;
  const plain = withoutVariables(text);
  if (!plain.startsWith('arn:')) {
    return `has the resource ${quoted(text)}, which is neither an ARN nor "*"; write it as arn:partition:service:region:account:resource`;
  }
  const [, partition = '', service = ''] = plain.split(':');
  if (partition !== '*' && !partitions.includes(partition)) {
    const meant = nearest(partition, partitions) ?? 'aws';
    return `has the resource ${quoted(text)} in the partition ${quoted(partition)}; write ${text.replace(`arn:${partition}`, `arn:${meant}`)}`;
  }
  if (/[*?]/.test(service) && service !== '*') {
    return `has the resource ${quoted(text)}, whose service IAM takes without wildcards; name the service`;
  }
  const parts = partsOfArn(plain);
  // IAM puts wildcards where parts are missing at the end.
  if (parts === undefined) return undefined;
  const { region, account } = parts;
  if (region !== '' && !/[*?]/.test(region) && !/^[a-z]{2}(-[a-z]+)+-\d{1,2}$/.test(region)) {
    return `has the resource ${quoted(text)} in the region ${quoted(region)}; write one such as eu-west-1, or "*"`;
  }
  if (account !== '' && !/[*?]/.test(account) && !/^(\d{12}|[a-z][a-z-]*)$/.test(account)) {
    return `has the resource ${quoted(text)} in the account ${quoted(account)}; write its twelve digits, or "*"`;
  }
  const wrong = shapeOfArn(parts);
  return wrong === undefined ? undefined : `has the resource ${quoted(text)}, which ${wrong}`;
}

/** Services whose reference names every kind of resource that an action works on. */
const paired = new Set(['s3', 'dynamodb', 'sqs', 'sns', 'kms', 'secretsmanager', 'ecr', 'lambda', 'eks', 'firehose']);

/** What is wrong with a statement whose action works on none of its resources, so that it never says anything. */
export function pairingWrong(actions: readonly string[], resources: readonly string[]): string | undefined {
  if (resources.length === 0) return undefined;
  const targets = resources.map((text) => tokensOf(complete(withoutVariables(text))));
  for (const text of actions) {
    const [prefix = '', name = ''] = text.split(':');
    if (!paired.has(prefix.toLowerCase())) continue;
    const action = iamService(prefix)?.actions.get(name.toLowerCase());
    if (action === undefined) continue;
    if (action.resources.length === 0) {
      if (resources.some((resource) => resource.includes('*'))) continue;
      return `has the action ${quoted(text)}, which works on no single resource; give it the resource "*", in a statement of its own`;
    }
    const shapes = action.resources.map(tokensOfShape);
    const works = (target: Token[]): boolean => shapes.some((shape) => overlap(target, shape));
    if (targets.some(works)) continue;
    const near = resources
      .flatMap((resource) => [`${resource}/*`, resource.replace(/\/[^/]*$/, '')])
      .find((resource) => works(tokensOf(withoutVariables(resource))));
    const kinds = [...new Set(action.resources)].filter((pattern) => !pattern.includes('accesspoint')).slice(0, 3);
    const examples = kinds.map((pattern) => pattern.replace('${Partition}', 'aws').replace(/\$\{([^}]*)\}/g, '$1'));
    const given =
      resources.length === 1 ? `does not work on ${quoted(resources[0] ?? '')}` : 'works on none of its resources';
    return `has the action ${quoted(text)}, which ${given}; write ${near ?? oneOf(examples)}`;
  }
  return undefined;
}

/** An ARN of the reference as tokens: `${Region}` and the like have no colons, and the names of buckets no slashes. */
function tokensOfShape(pattern: string): Token[] {
  return pattern
    .split(/(\$\{[^}]*\})/)
    .flatMap((part): Token[] =>
      /^\$\{(Partition|Region|Account|BucketName)\}$/.test(part) ? ['name'] : tokensOf(part),
    );
}

function complete(arn: string): string {
  const parts = arn.split(':');
  return arn === '*' || parts.length >= 6
    ? arn
    : [...parts, ...Array.from({ length: 6 - parts.length }, () => '*')].join(':');
}

/** Policy variables may hold anything. */
function withoutVariables(text: string): string {
  return text.replace(/\$\{[^}]*\}/g, '*');
}
