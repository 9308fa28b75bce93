import type { FactSheets } from '../facts';
import { rds } from './rds';
import { s3 } from './s3';
import { vpc } from './vpc';

export const aws: FactSheets = { ...rds, ...s3, ...vpc };
