import { faultText, isAbout, parseFault, wordsOf } from '../../../../src/rehearsal/faults/fault';

test.each([
  ['a/aws_vpc.v:create', { stack: 'a', address: 'aws_vpc.v', operation: 'create', call: 1 }],
  [
    'a/aws_vpc.v:update:throttle@3',
    { stack: 'a', address: 'aws_vpc.v', operation: 'update', mode: 'throttle', call: 3 },
  ],
  ['a/x.y["a:b@c"]:delete:kill', { stack: 'a', address: 'x.y["a:b@c"]', operation: 'delete', mode: 'kill', call: 1 }],
  ['a/x.y[2]:delete', { stack: 'a', address: 'x.y[2]', operation: 'delete', call: 1 }],
] as const)('%s is understood, and written the same way', (text, fault) => {
  expect(parseFault(text)).toEqual({ text, ...fault });
  expect(faultText(fault)).toBe(text);
});

const form =
  'write STACK/TYPE.NAME:create|update|delete[:partial|throttle|timeout|interrupt|kill|expired][@N], such as prod/aws_s3_bucket.lake:create:partial.';
test.each([
  ['aws_vpc.v:create', 'it names a stack, an address and what fails there'],
  ['a/aws_vpc.v', 'it says not what fails there'],
  ['a/aws_vpc.v:creat', '"creat" is nothing that can fail: did it mean "create"'],
  ['a/aws_vpc.v:burn', '"burn" is nothing that can fail: there are create, update, delete'],
  ['a/aws_vpc.v:create:partail', '"partail" is no way to fail: did it mean "partial"'],
  ['a/aws_vpc.v:create@0', '"@0" is no number of a call'],
  ['a/aws_vpc.v:create@last', '"@last" is no number of a call'],
])('%s is refused', (text, why) => {
  expect(() => parseFault(text)).toThrow(`--fault: "${text}" names no fault, because ${why}; ${form}`);
});

test('an address without an index is about every instance, and one with it about that one', () => {
  const all = { stack: 'a', address: 'x.y' };
  expect(isAbout(all, 'a/x.y')).toBe(true);
  expect(isAbout(all, 'a/x.y["k"]')).toBe(true);
  expect(isAbout(all, 'b/x.y')).toBe(false);
  expect(isAbout(all, 'a/x.yy')).toBe(false);
  expect(isAbout({ stack: 'a', address: 'x.y[1]' }, 'a/x.y[0]')).toBe(false);
  expect(isAbout({ stack: 'a', address: 'x.y[1]' }, 'a/x.y[1]')).toBe(true);
});

test('the words are those of the cloud, and tell whether the change was made', () => {
  const words = (text: string) => wordsOf(parseFault(text), 'aws_vpc');
  expect(words('a/aws_vpc.v:create')).toMatchObject({
    summary: 'creating aws_vpc: failed on purpose',
    detail: expect.stringContaining('AccessDenied') as string,
    done: false,
  });
  expect(words('a/aws_vpc.v:update:throttle')).toMatchObject({
    detail: expect.stringContaining('ThrottlingException') as string,
    done: false,
  });
  expect(words('a/aws_vpc.v:delete:timeout')).toMatchObject({
    summary: 'deleting aws_vpc: failed on purpose',
    done: true,
  });
  expect(words('a/aws_vpc.v:create:partial')).toMatchObject({ done: true });
});
