import { payloadEvent, type Finding } from '@plinth/contract';
import type { Reference } from './reference.js';
import type { Row } from './window.js';

export type PayloadRows = { readonly rows: readonly Row[] } | { readonly problem: Finding };

/**
 * Takes the rows of features out of one line of a payload segment. A line that cannot be used gives a problem and no row:
 * the log is written by many, and one bad line must not stop the watch.
 * @param where segment and line, for the message.
 */
export function rowsOf(line: string, reference: Reference, where: string): PayloadRows {
  const refuse = (code: string, what: string, why: string, cure: string): PayloadRows => ({
    problem: { code, what, where, why, cure },
  });
  const event = read(line);
  if ('fault' in event) {
    return refuse(
      'payload-malformed',
      'the line is skipped',
      event.fault,
      'write one payload event of the contract a line',
    );
  }
  const { data, time } = event.value;
  if (data.model !== reference.model || data.version !== reference.version) {
    return refuse(
      'payload-other-version',
      'the line is not judged',
      `it is about ${data.model} version ${data.version} and the profile about ${reference.model} version ${reference.version}`,
      'point `reference` to the profile of the version that serves',
    );
  }
  const tensor = data.inputs.find((input) => input.name === reference.input);
  const width = reference.features.length;
  if (tensor === undefined) {
    const names = data.inputs.map((input) => `'${input.name}'`).join(', ') || 'none';
    return refuse(
      'payload-without-input',
      'the line is not judged',
      `its inputs (${names}) lack '${reference.input}'`,
      'make the profile for an input that the model has',
    );
  }
  if (tensor.datatype !== reference.datatype) {
    return refuse(
      'payload-datatype',
      'the line is not judged',
      `input '${tensor.name}' is ${tensor.datatype} and the profile is for ${reference.datatype}`,
      'make the profile for the datatype that the model takes',
    );
  }
  const last = tensor.shape[tensor.shape.length - 1];
  if (last !== width) {
    return refuse(
      'payload-features',
      'the line is not judged',
      `input '${tensor.name}' has shape [${tensor.shape.join(', ')}] and the profile ${width} features`,
      'make the profile from rows as the model takes them, features on the last axis',
    );
  }
  const expected = tensor.shape.reduce((product, size) => product * size, 1);
  if (tensor.data.length !== expected) {
    return refuse(
      'payload-shape',
      'the line is skipped',
      `input '${tensor.name}' holds ${tensor.data.length} values where its shape [${tensor.shape.join(', ')}] needs ${expected}`,
      'write data flat, row-major, as long as the shape says',
    );
  }
  const text = tensor.data.find((value) => typeof value === 'string');
  if (text !== undefined) {
    return refuse(
      'payload-text',
      'the line is skipped',
      `input '${tensor.name}' holds text where ${tensor.datatype} needs numbers`,
      'write numbers, and null for what is missing',
    );
  }
  // A missing value arrives as null, since JSON knows no NaN; an infinity does so too.
  const values = tensor.data.map((value) => (value === null ? NaN : reference.round(Number(value))));
  const rows = Array.from({ length: expected / width }, (_, row) => ({
    time,
    values: values.slice(row * width, (row + 1) * width),
  }));
  return { rows };
}

function read(line: string): { value: ReturnType<typeof payloadEvent.parse> } | { fault: string } {
  let document: unknown;
  try {
    document = JSON.parse(line);
  } catch (error) {
    return { fault: `it is no JSON (${(error as Error).message})` };
  }
  const result = payloadEvent.safeParse(document);
  if (result.success) return { value: result.data };
  const issue = result.error.issues[0]!;
  return { fault: `${issue.path.join('.') || 'it'} is wrong (${issue.message})` };
}
