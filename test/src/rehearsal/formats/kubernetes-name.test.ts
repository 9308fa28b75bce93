import {
  dnsLabel,
  kubernetesName,
  labelKey,
  labelValue,
  portName,
  serviceName,
} from '../../../../src/rehearsal/formats/kubernetes-name';

// Accepted and refused as in k8s.io/apimachinery/pkg/util/validation/validation_test.go.
const checks = { kubernetesName, dnsLabel, serviceName, portName, labelKey, labelValue };
const name =
  'is no name for Kubernetes, which takes lower-case letters, digits, "-" and ".", a letter or digit first and last';
const label = 'is no DNS label, which takes lower-case letters, digits and "-", a letter or digit first and last';
const port = 'is no name for a port, which takes lower-case letters, digits and single "-", with one letter at least';
const qualified = 'takes letters, digits, "-", "_" and "." only, a letter or digit first and last';

it.each([
  ['kubernetesName', ['a', '1', 'a-1', 'a.b.c', '0.0.a', 'a'.repeat(253)]],
  ['dnsLabel', ['a', '1', 'a--1', 'a'.repeat(63)]],
  ['serviceName', ['a', 'a-1', 'a'.repeat(63)]],
  ['portName', ['http', 'grpc-2', '8080-http', 'a'.repeat(15)]],
  ['labelKey', ['simple', 'now-with-dashes', 'A_b.c', 'example.com/app', 'a'.repeat(63), `${'a'.repeat(253)}/b`]],
  ['labelValue', ['', 'v1.0', 'UPPER_case-1.2', 'a'.repeat(63)]],
] as const)('%s accepts what Kubernetes accepts', (check, texts) => {
  for (const text of texts) expect([text, checks[check](text)]).toEqual([text, undefined]);
});

it.each([
  ['kubernetesName', 'My_App', `"My_App" ${name}; write "my-app"`],
  ['kubernetesName', '-a.', `"-a." ${name}; write "a"`],
  ['kubernetesName', 'a..b', `"a..b" ${name}; write "a.b"`],
  ['kubernetesName', '*', `"*" ${name}; write one such as "my-name"`],
  ['dnsLabel', 'a.b', `"a.b" ${label}; write "a-b"`],
  ['dnsLabel', 'a'.repeat(64), `"${'a'.repeat(64)}" has 64 characters; shorten it to 63`],
  [
    'serviceName',
    '1st',
    '"1st" is no name for a Service, which takes lower-case letters, digits and "-", a letter first; write "svc-1st"',
  ],
  ['portName', 'HTTP', `"HTTP" ${port}; write "http"`],
  ['portName', 'a--b', `"a--b" ${port}; write "a-b"`],
  ['portName', '80', `"80" ${port}; write "p-80"`],
  ['portName', 'a-very-long-port', '"a-very-long-port" has 16 characters; shorten it to 15'],
  ['labelKey', 'a/b/c', '"a/b/c" is no key of a label, since it has more than one "/"; write prefix/name'],
  [
    'labelKey',
    'Example.com/x',
    'the key "Example.com/x" has the prefix "Example.com", which is no DNS name; write one such as example.com/x',
  ],
  ['labelKey', 'my app', `the key "my app" ${qualified}; write "my-app"`],
  ['labelKey', 'example.com/', `the key "example.com/" ${qualified}; write one such as "name"`],
  [
    'labelValue',
    '1.0+build',
    `the label's value "1.0+build" ${qualified}; write "1.0-build"; annotations take any text`,
  ],
  [
    'labelValue',
    'a'.repeat(64),
    `the label's value "${'a'.repeat(64)}" has 64 characters; shorten it to 63; annotations take any text`,
  ],
] as const)('%s refuses %s', (check, text, says) => expect(checks[check](text)).toBe(says));
