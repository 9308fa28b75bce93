import { setTimeout as pause } from 'node:timers/promises';
import { paths, PlinthError } from '@plinth/contract';
import type { MonitorReport, Scores } from './result';
import type { Rows } from './rows';

interface Metadata {
  readonly inputs: readonly { readonly name: string; readonly datatype: string }[];
  readonly outputs: readonly { readonly name: string }[];
}

/** Requests that are under way at once. */
const lanes = 4;

/** Sends rows one by one over the Open Inference Protocol, and counts what the model's `label` output gets right. */
export async function score(url: string, model: string, rows: Rows, signal: AbortSignal): Promise<Scores> {
  const { inputs } = await getJson<Metadata>(`${url}${paths.serve.model(model)}`, signal);
  const [input] = inputs;
  if (input === undefined) throw unexpected(`${url}${paths.serve.model(model)}`, 'the model names no input');
  const began = performance.now();
  const predicted: number[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let row = next++; row < rows.values.length; row = next++) {
      const data = rows.values[row] ?? [];
      const body = { inputs: [{ name: input.name, datatype: input.datatype, shape: [1, data.length], data }] };
      predicted[row] = await label(`${url}${paths.serve.infer(model)}`, body, signal);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  const confusion: Record<string, Record<string, number>> = {};
  let correct = 0;
  rows.labels.forEach((truth, row) => {
    const counts = (confusion[truth] ??= {});
    const answer = predicted[row] ?? -1;
    counts[answer] = (counts[answer] ?? 0) + 1;
    if (answer === truth) correct++;
  });
  const count = rows.labels.length;
  return { rows: count, correct, accuracy: correct / count, confusion, seconds: (performance.now() - began) / 1000 };
}

/** Scores of several batches together. */
export function sum(...batches: readonly (Scores | undefined)[]): Scores {
  const known = batches.filter((batch) => batch !== undefined);
  const total = (of: (batch: Scores) => number): number => known.reduce((all, batch) => all + of(batch), 0);
  const [rows, correct] = [total((batch) => batch.rows), total((batch) => batch.correct)];
  const confusion: Record<string, Record<string, number>> = {};
  for (const batch of known) {
    for (const [truth, answers] of Object.entries(batch.confusion)) {
      const counts = (confusion[truth] ??= {});
      for (const [answer, count] of Object.entries(answers)) counts[answer] = (counts[answer] ?? 0) + count;
    }
  }
  return { rows, correct, accuracy: correct / rows, confusion, seconds: total((batch) => batch.seconds) };
}

async function label(url: string, body: unknown, signal: AbortSignal): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal });
  const text = await response.text();
  if (!response.ok) throw unexpected(url, `it answers ${response.status}: ${text}`);
  const { outputs } = JSON.parse(text) as { outputs: readonly { name: string; data: readonly number[] }[] };
  const value = outputs.find(({ name }) => name === 'label')?.data[0];
  if (value === undefined) throw unexpected(url, "the answer has no output 'label'");
  return Number(value);
}

/** What the monitor says now. */
export const reportOf = (url: string, signal: AbortSignal): Promise<MonitorReport> =>
  getJson(`${url}${paths.monitor.report}`, signal);

/** Waits until the monitor has read so many rows, at most `seconds`. */
export async function untilRead(
  url: string,
  rows: number,
  options: { seconds: number; signal: AbortSignal; onReport: (report: MonitorReport) => void },
): Promise<MonitorReport> {
  const until = performance.now() + options.seconds * 1000;
  for (;;) {
    const report = await reportOf(url, options.signal);
    options.onReport(report);
    if (report.rows >= rows) return report;
    if (performance.now() > until) {
      throw new PlinthError({
        code: 'monitor-behind',
        what: `the monitor has read ${report.rows} of ${rows} rows after ${options.seconds} seconds`,
        where: url,
        why: 'the server writes its payload log, and the monitor reads it, every few seconds',
        cure: 'look at the log of both with --keep, or try again on a machine that is less busy',
      });
    }
    await pause(250, undefined, { signal: options.signal });
  }
}

async function getJson<T>(url: string, signal: AbortSignal): Promise<T> {
  const response = await fetch(url, { signal });
  const text = await response.text();
  if (!response.ok) throw unexpected(url, `it answers ${response.status}: ${text}`);
  return JSON.parse(text) as T;
}

function unexpected(where: string, why: string): PlinthError {
  return new PlinthError({
    code: 'unexpected-answer',
    what: 'the answer is not what the protocol promises',
    where,
    why,
    cure: 'see what the process wrote, with --keep',
  });
}
