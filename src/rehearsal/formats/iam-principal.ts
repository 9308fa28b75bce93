import { nearest } from '@plinth/contract';
import { isRecord } from './iam-condition';
import { quoted } from './words';

const kinds = ['AWS', 'Service', 'Federated', 'CanonicalUser'];

/**
 * Everything that is wrong with the `Principal` of a statement.
 * Source: docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function principalWrong(principal: unknown, element: string): string[] {
  if (principal === '*') return [];
  if (!isRecord(principal) || Object.keys(principal).length === 0) {
    return [
      `has a ${element} that names nobody; write { "Service": "ec2.amazonaws.com" } or { "AWS": "arn:aws:iam::123456789012:root" }`,
    ];
  }
  return Object.entries(principal).flatMap(([kind, value]) => {
    if (!kinds.includes(kind)) {
      return [
        `has a ${element} of the kind ${quoted(kind)}; write ${nearest(kind, kinds) ?? 'AWS, Service or Federated'}`,
      ];
    }
    const values = Array.isArray(value) ? (value as unknown[]) : [value];
    if (values.length === 0) return [`has an empty list for ${element}.${kind}; name somebody, or leave the kind out`];
    return values.flatMap((item) => {
      if (typeof item !== 'string') return [`has no text for ${element}.${kind}; write the name of one`];
      const wrong = wrongOf(kind, item);
      return wrong === undefined ? [] : [`has the ${element}.${kind} ${quoted(item)}${wrong}`];
    });
  });
}

function wrongOf(kind: string, text: string): string | undefined {
  if (kind === 'Service') {
    if (/^[a-z0-9][a-z0-9.-]*\.(amazonaws\.(com|com\.cn|eu)|aws\.internal|aws\.dev)$/.test(text)) return undefined;
    const [service = ''] = text.split('.');
    return `, which is no service of AWS; write ${/^[a-z0-9-]+$/.test(service) ? service : 'service'}.amazonaws.com`;
  }
  if (kind === 'AWS') {
    if (text === '*' || /^\d{12}$/.test(text) || /^A[A-Z0-9]{15,}$/.test(text) || text.includes('${')) return undefined;
    const arn = /^arn:aws[a-z-]*:(iam|sts)::(\d{12}|cloudfront):(root|(user|role|assumed-role|federated-user)\/\S+)$/;
    if (!arn.test(text))
      return ', which is no account, role or user; write one such as arn:aws:iam::123456789012:role/name';
    return text.includes('*')
      ? ', but a wildcard cannot stand for a part of a principal; name "*" and compare aws:PrincipalArn in a Condition'
      : undefined;
  }
  if (kind === 'Federated') {
    if (/^arn:aws[a-z-]*:iam::\d{12}:(oidc|saml)-provider\/\S+$/.test(text)) return undefined;
    if (/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(text)) return undefined;
    return ', which is no provider of identities; write the ARN of an OIDC or SAML provider, arn:aws:iam::123456789012:oidc-provider/host';
  }
  return undefined;
}
