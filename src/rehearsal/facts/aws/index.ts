import type { FactSheets } from '../facts';
import { acm } from './acm';
import { cloudwatch } from './cloudwatch';
import { ecr } from './ecr';
import { eks } from './eks';
import { iam } from './iam';
import { kms } from './kms';
import { lambda } from './lambda';
import { rds } from './rds';
import { route53 } from './route53';
import { s3 } from './s3';
import { secretsmanager } from './secretsmanager';
import { sqs } from './sqs';
import { ssm } from './ssm';
import { storage } from './storage';
import { vpc } from './vpc';

export const aws: FactSheets = {
  ...acm,
  ...cloudwatch,
  ...ecr,
  ...eks,
  ...iam,
  ...kms,
  ...lambda,
  ...rds,
  ...route53,
  ...s3,
  ...secretsmanager,
  ...sqs,
  ...ssm,
  ...storage,
  ...vpc,
};
