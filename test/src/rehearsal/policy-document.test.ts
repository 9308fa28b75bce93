import { policyDocument } from '../../../src/rehearsal/policy-document';

const statement = {
  sid: null,
  effect: null,
  actions: null,
  not_actions: null,
  resources: null,
  not_resources: null,
  principals: [],
  not_principals: [],
  condition: [],
};

test('one value stands alone, several are a list, and what is empty is left out', () => {
  expect(
    policyDocument({
      statement: [
        {
          ...statement,
          sid: 'Read',
          actions: ['s3:GetObject', 's3:ListBucket'],
          resources: ['arn:aws:s3:::b/&{aws:username}'],
          condition: [{ test: 'StringEquals', variable: 'aws:SourceAccount', values: ['111122223333'] }],
        },
        { ...statement, effect: 'Deny', actions: ['*'], principals: [{ type: '*', identifiers: ['*'] }] },
      ],
    }),
  ).toEqual({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Read',
        Effect: 'Allow',
        Action: ['s3:ListBucket', 's3:GetObject'],
        Resource: 'arn:aws:s3:::b/${aws:username}',
        Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
      },
      { Effect: 'Deny', Action: '*', Principal: '*' },
    ],
  });
});

test('principals of one type are gathered', () => {
  const principals = [
    { type: 'Service', identifiers: ['eks.amazonaws.com'] },
    { type: 'AWS', identifiers: ['arn:aws:iam::1:root'] },
  ];
  expect(policyDocument({ statement: [{ ...statement, actions: ['sts:AssumeRole'], principals }] })).toMatchObject({
    Statement: [{ Principal: { Service: 'eks.amazonaws.com', AWS: 'arn:aws:iam::1:root' } }],
  });
});

test('documents it builds on come first, and an override replaces the statement of the same name', () => {
  const source = JSON.stringify({ Statement: { Sid: 'A', Effect: 'Allow', Action: 'a:A' } });
  const override = JSON.stringify({ Statement: [{ Sid: 'B', Effect: 'Deny', Action: 'b:B' }] });
  expect(
    policyDocument({
      policy_id: 'id',
      source_policy_documents: [source],
      override_policy_documents: [override, ''],
      statement: [{ ...statement, sid: 'B', actions: ['b:Old'] }],
    }),
  ).toEqual({
    Version: '2012-10-17',
    Id: 'id',
    Statement: [
      { Sid: 'A', Effect: 'Allow', Action: 'a:A' },
      { Sid: 'B', Effect: 'Deny', Action: 'b:B' },
    ],
  });
});
