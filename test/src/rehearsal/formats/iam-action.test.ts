import { actionWrong } from '../../../../src/rehearsal/formats/iam-action';
import { iamDataDay } from '../../../../src/rehearsal/formats/iam-data';

it.each([
  '*',
  's3:*',
  's3:GetObject',
  'S3:getobject',
  's3:Get*',
  'ec2:Describe?pcs',
  'eks-auth:AssumeRoleForPodIdentity',
])('accepts %s', (text) => expect(actionWrong(text)).toBeUndefined());

it.each([
  ['s3:GetObjekt', `has the action "s3:GetObjekt", which s3 did not have on ${iamDataDay()}; write s3:GetObject`],
  [
    's3:Frobnicate',
    `has the action "s3:Frobnicate", which s3 did not have on ${iamDataDay()}; write an action that there is`,
  ],
  ['s3:Lits*', 'has the action "s3:Lits*", which no action of s3 fits; write s3:List*'],
  ['s3:Frobnicate*', 'has the action "s3:Frobnicate*", which no action of s3 fits; write an action that there is'],
  ['dynamdb:GetItem', 'has the action "dynamdb:GetItem" of a service that IAM does not know; write dynamodb:GetItem'],
  [
    'frobnicator:Go',
    'has the action "frobnicator:Go" of a service that IAM does not know; write one of its prefixes, such as s3',
  ],
  ['GetObject', 'has the action "GetObject"; write service:Action, such as s3:GetObject'],
  ['s3:', 'has the action "s3:"; write service:Action, such as s3:GetObject'],
  ['s*:Get*', 'has the action "s*:Get*", whose service IAM takes without wildcards; name the service'],
])('refuses %s', (text, says) => expect(actionWrong(text)).toBe(says));
