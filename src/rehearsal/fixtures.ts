import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PlinthError } from '@plinth/contract';
import type { Fixture } from './world';

/**
 * Reads the answers that a user gives for data sources, and for what is imported.
 * @throws PlinthError `fixtures-unreadable`
 */
export function readFixtures(cwd: string, file: string | undefined): Fixture[] {
  if (file === undefined) return [];
  const path = resolve(cwd, file);
  const bad = (why: string): PlinthError =>
    new PlinthError({
      code: 'fixtures-unreadable',
      what: 'the answers for data sources cannot be read',
      where: path,
      why,
      cure: 'give a JSON file such as [{ "data": "aws_route53_zone", "match": { "name": "example.com" }, "values": { "zone_id": "Z1" } }]',
    });
  let found: unknown;
  try {
    found = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw bad(error instanceof Error ? error.message : String(error));
  }
  const valid = (item: unknown): item is Fixture =>
    typeof item === 'object' && item !== null && 'data' in item && 'values' in item && typeof item.values === 'object';
  if (!Array.isArray(found) || !found.every(valid)) throw bad('it is not a list of { data, match, values }');
  return found;
}
