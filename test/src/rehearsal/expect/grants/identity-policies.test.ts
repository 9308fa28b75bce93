import { identityPolicies } from '../../../../../src/rehearsal/expect/grants/identity-policies';
import { made } from '../support';

const document = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' } };
const policy = JSON.stringify(document);
const arn = 'arn:aws:iam::111122223333:policy/own';

test.each([
  ['aws_iam_role_policy', { role: 'r', policy }],
  ['aws_iam_user_policy', { user: 'r', policy }],
  ['aws_iam_group_policy', { group: 'r', policy }],
  ['aws_iam_role', { name: 'r', inline_policy: [{ name: 'p', policy }] }],
  ['aws_ssoadmin_permission_set_inline_policy', { permission_set_arn: 'r', inline_policy: policy }],
])('the policy of %s', (type, values) => {
  expect(identityPolicies([made(type, values)])).toEqual({
    policies: [{ at: `s/${type}.x`, document, holders: ['r'] }],
    attached: [],
  });
});

test.each([
  ['aws_iam_role_policy_attachment', { role: 'r' }],
  ['aws_iam_user_policy_attachment', { user: 'r' }],
  ['aws_iam_group_policy_attachment', { group: 'r' }],
  ['aws_iam_policy_attachment', { roles: ['r'], users: null }],
])('a policy of its own is held by those that %s names', (type, holder) => {
  const own = made('aws_iam_policy', { arn, policy });
  expect(identityPolicies([own, made(type, { ...holder, policy_arn: arn })])).toEqual({
    policies: [{ at: 's/aws_iam_policy.x', document, holders: ['r'] }],
    attached: [],
  });
  expect(identityPolicies([made(type, { ...holder, policy_arn: arn })])).toEqual({
    policies: [],
    attached: [{ at: `s/${type}.x`, arn, holders: ['r'] }],
  });
});

test('what a role names itself, and what is only looked up', () => {
  const role = made('aws_iam_role', { name: 'r', managed_policy_arns: [arn], inline_policy: [] });
  expect(identityPolicies([role]).attached).toEqual([{ at: 's/aws_iam_role.x', arn, holders: ['r'] }]);
  expect(identityPolicies([{ ...made('aws_iam_policy', { arn, policy }), mode: 'data' }])).toEqual({
    policies: [],
    attached: [],
  });
  expect(identityPolicies([made('aws_iam_role', { name: 'r', inline_policy: null })]).policies).toEqual([]);
});
