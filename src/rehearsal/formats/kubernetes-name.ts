import { quoted, type Check } from './words';

// Rules: k8s.io/apimachinery/pkg/util/validation/validation.go

const label = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';
const qualified = '[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?';
const patterns = {
  label: new RegExp(`^${label}$`),
  label1035: /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/,
  subdomain: new RegExp(`^${label}(?:\\.${label})*$`),
  qualified: new RegExp(`^${qualified}$`),
};

/** The name of most objects: a DNS subdomain of RFC 1123, at most 253 characters. */
export const kubernetesName: Check = (text) =>
  long(text, 253) ??
  (patterns.subdomain.test(text)
    ? undefined
    : `${quoted(text)} is no name for Kubernetes, which takes lower-case letters, digits, "-" and ".", a letter or digit first and last; ${advice(text, true)}`);

/** The name of a namespace, a container or a volume: a DNS label of RFC 1123, at most 63 characters. */
export const dnsLabel: Check = (text) =>
  long(text, 63) ??
  (patterns.label.test(text)
    ? undefined
    : `${quoted(text)} is no DNS label, which takes lower-case letters, digits and "-", a letter or digit first and last; ${advice(text, false)}`);

/** The name of a Service: a DNS label of RFC 1035, which begins with a letter. */
export const serviceName: Check = (text) =>
  long(text, 63) ??
  (patterns.label1035.test(text)
    ? undefined
    : `${quoted(text)} is no name for a Service, which takes lower-case letters, digits and "-", a letter first; ${advice(text, false, 'svc-')}`);

/** The name of a port: at most 15 of lower-case letters, digits and single "-" (RFC 6335). */
export const portName: Check = (text) =>
  long(text, 15) ??
  (/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text) && /[a-z]/.test(text)
    ? undefined
    : `${quoted(text)} is no name for a port, which takes lower-case letters, digits and single "-", with one letter at least; ${advice(text, false, 'p-')}`);

/** The key of a label or an annotation: `name` or `dns.prefix/name`. */
export const labelKey: Check = (text) => {
  const parts = text.split('/');
  const name = parts[parts.length - 1] ?? '';
  if (parts.length > 2)
    return `${quoted(text)} is no key of a label, since it has more than one "/"; write prefix/name`;
  if (parts.length === 2) {
    const prefix = parts[0] ?? '';
    if (prefix.length > 253 || !patterns.subdomain.test(prefix)) {
      return `the key ${quoted(text)} has the prefix ${quoted(prefix)}, which is no DNS name; write one such as example.com/${name || 'name'}`;
    }
  }
  return qualifiedText(name, `the key ${quoted(text)}`, '');
};

/** The value of a label: empty, or at most 63 letters, digits, "-", "_" and ".", a letter or digit first and last. */
export const labelValue: Check = (text) =>
  text === '' ? undefined : qualifiedText(text, `the label's value ${quoted(text)}`, '; annotations take any text');

function qualifiedText(text: string, what: string, besides: string): string | undefined {
  if (text.length > 63) return `${what} has ${text.length} characters; shorten it to 63${besides}`;
  if (patterns.qualified.test(text)) return undefined;
  const meant = text.replace(/[^-A-Za-z0-9_.]+/g, '-').replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
  const cure = meant === '' ? 'write one such as "name"' : `write ${quoted(meant)}`;
  return `${what} takes letters, digits, "-", "_" and "." only, a letter or digit first and last; ${cure}${besides}`;
}

function long(text: string, limit: number): string | undefined {
  return text.length > limit ? `${quoted(text)} has ${text.length} characters; shorten it to ${limit}` : undefined;
}

function advice(text: string, dots: boolean, letterFirst = ''): string {
  const meant = text
    .toLowerCase()
    .replace(dots ? /[^-.a-z0-9]+/g : /[^-a-z0-9]+/g, '-')
    .replace(/-+/g, '-')
    .replace(/-?\.+-?/g, '.')
    .replace(/^[-.]+|[-.]+$/g, '');
  if (meant === '') return 'write one such as "my-name"';
  return `write ${quoted(/^[a-z]/.test(meant) ? meant : `${letterFirst}${meant}`)}`;
}
