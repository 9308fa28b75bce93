import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { TerraformStack } from 'cdktf';
import { grant, Permission } from 'plinth/constructs/core/grants';
import { WorkloadIdentity } from 'plinth/constructs/core/identity';
import { Platform } from 'plinth/constructs/core/platform';
import { blocks, givenCluster, only, StackJson, synthesize, synthesizeStack } from '../../support/program';

const read: Permission = { actions: ['s3:GetObject'], resources: ['arn:aws:s3:::lake/*'] };

function withGrant(...permissions: Permission[]): StackJson {
  return synthesizeStack((stack, platform) => {
    const identity = new WorkloadIdentity(stack, 'server', { platform, namespace: 'models', serviceAccount: 'fraud' });
    grant(identity, new S3Bucket(stack, 'bucket', {}), 'read', permissions);
  });
}

test('a grant is an inline policy of its own on the role', () => {
  const stack = withGrant(read);
  expect(only(stack, 'aws_iam_role_policy')).toMatchObject({
    name: 'read',
    role: expect.stringContaining('aws_iam_role.'),
  });
  expect(String(only(stack, 'aws_iam_role_policy').policy)).toContain('"s3:GetObject"');
});

test('the role trusts Pod Identity, and only of this cluster', () => {
  const stack = withGrant(read);
  const trust = String(only(stack, 'aws_iam_role').assume_role_policy);
  expect(trust).toContain('pods.eks.amazonaws.com');
  expect(trust).toContain('aws:RequestTag/eks-cluster-name');
  expect(only(stack, 'aws_eks_pod_identity_association')).toMatchObject({
    namespace: 'models',
    service_account: 'fraud',
  });
});

test('the same grant twice is one policy', () => {
  const stack = synthesizeStack((scope, platform) => {
    const identity = new WorkloadIdentity(scope, 'server', { platform, namespace: 'models', serviceAccount: 'fraud' });
    const bucket = new S3Bucket(scope, 'bucket', {});
    for (let i = 0; i < 2; i++) grant(identity, bucket, 'read', [read]);
  });
  expect(blocks(stack, 'aws_iam_role_policy')).toHaveLength(1);
});

test.each([
  ['every action', { actions: ['*'], resources: ['arn:aws:s3:::lake'] }, 'allows *', 'name the actions'],
  [
    'every action of a service',
    { actions: ['s3:*'], resources: ['arn:aws:s3:::lake'] },
    'allows s3:*',
    'name the actions',
  ],
  ['every resource', { actions: ['s3:GetObject'], resources: ['*'] }, 'on every resource', "say in 'why'"],
])('%s is refused', (_, permission, what, cure) => {
  const act = () => withGrant(permission);
  expect(act).toThrow(what);
  expect(act).toThrow(cure);
  expect(act).toThrow('a role may do only what it needs');
});

test('every resource is allowed where an action knows none, and the reason is given', () => {
  withGrant({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'], why: 'the action knows no resources' });
});

test("grants beyond IAM's limit are told before IAM refuses them", () => {
  const many = Array.from({ length: 200 }, (_, i) => ({
    ...read,
    resources: [`arn:aws:s3:::lake/a-rather-long-prefix/${i}/*`],
  }));
  expect(() => withGrant(...many)).toThrow(/its grants add up to \d+ characters, because IAM allows 10240/);
});

test('the policy stands in the later stack, so that the earlier one depends on nothing', () => {
  const stacks = synthesize((app) => {
    const [cluster, ml] = ['prod-cluster', 'prod-ml'].map((id) => {
      const stack = new TerraformStack(app, id);
      new AwsProvider(stack, 'aws', {});
      return stack;
    }) as [TerraformStack, TerraformStack];
    ml.addDependency(cluster);
    const platform = new Platform({ name: 'prod', region: 'eu-west-1', cluster: givenCluster });
    const identity = new WorkloadIdentity(cluster, 'controller', {
      platform,
      namespace: 'keda',
      serviceAccount: 'keda',
    });
    const queue = new SqsQueue(ml, 'queue', {});
    grant(identity, queue, 'receive', [{ actions: ['sqs:ReceiveMessage'], resources: [queue.arn] }]);
  });
  expect(blocks(stacks['prod-cluster'] as StackJson, 'aws_iam_role_policy')).toHaveLength(0);
  expect(only(stacks['prod-ml'] as StackJson, 'aws_iam_role_policy').name).toBe('controller-receive');
});

test('under IRSA the role trusts one service account, and says so on it', () => {
  const oidc = { providerArn: 'arn:aws:iam::1:oidc-provider/x', issuer: 'oidc.example/id/X' };
  const stack = synthesizeStack(
    (scope, platform) => {
      const identity = new WorkloadIdentity(scope, 'server', {
        platform,
        namespace: 'models',
        serviceAccount: 'fraud',
        by: 'irsa',
      });
      expect(Object.keys(identity.serviceAccountAnnotations)).toEqual(['eks.amazonaws.com/role-arn']);
    },
    { cluster: { ...givenCluster, oidc } },
  );
  expect(String(only(stack, 'aws_iam_role').assume_role_policy)).toContain('system:serviceaccount:models:fraud');
  expect(blocks(stack, 'aws_eks_pod_identity_association')).toHaveLength(0);
});

test('IRSA without an OIDC provider is refused', () => {
  expect(() =>
    synthesizeStack((scope, platform) => {
      new WorkloadIdentity(scope, 'server', { platform, namespace: 'models', serviceAccount: 'fraud', by: 'irsa' });
    }),
  ).toThrow(
    /it asks for a role by IRSA, because the cluster was described without its OIDC provider; give the cluster's 'oidc'/,
  );
});
