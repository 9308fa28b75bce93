import { ruleSchedule, schedule } from '../../../../src/rehearsal/formats/schedule';

// The examples of AWS's documentation of rate and cron expressions.
it.each([
  'rate(1 minute)',
  'rate(5 minutes)',
  'rate(1 day)',
  'cron(0 10 * * ? *)',
  'cron(15 12 * * ? *)',
  'cron(0 18 ? * MON-FRI *)',
  'cron(0 8 1 * ? *)',
  'cron(0/5 8-17 ? * MON-FRI *)',
  'cron(0 9 ? * 2#1 *)',
  'cron(15 10 ? * 6L 2022-2025)',
  'cron(0 0 L * ? *)',
  'cron(0 0 3W * ? *)',
  'at(2030-01-31T08:30:00)',
])('accepts %s', (text) => expect(schedule(text)).toBeUndefined());

it.each([
  ['rate(1 minutes)', '"rate(1 minutes)" has the unit in the wrong number; write rate(1 minute)'],
  ['rate(5 hour)', '"rate(5 hour)" has the unit in the wrong number; write rate(5 hours)'],
  [
    'rate(0 days)',
    '"rate(0 days)" is no rate; write a positive number and minutes, hours or days, such as rate(5 minutes)',
  ],
  [
    'rate(5 weeks)',
    '"rate(5 weeks)" is no rate; write a positive number and minutes, hours or days, such as rate(5 minutes)',
  ],
  [
    'cron(0 3 * * *)',
    '"cron(0 3 * * *)" has 5 fields; write six: minute, hour, day of the month, month, day of the week, year, such as cron(0 3 * * ? *)',
  ],
  [
    'cron(0 3 * * * *)',
    '"cron(0 3 * * * *)" needs "?" for exactly one of day of the month and day of the week; write cron(0 3 * * ? *)',
  ],
  [
    'cron(0 3 * * MON *)',
    '"cron(0 3 * * MON *)" needs "?" for exactly one of day of the month and day of the week; write cron(0 3 ? * MON *)',
  ],
  [
    'cron(0 3 ? * ? *)',
    '"cron(0 3 ? * ? *)" needs "?" for exactly one of day of the month and day of the week; write cron(0 3 * * ? *)',
  ],
  [
    'cron(0 25 * * ? *)',
    '"cron(0 25 * * ? *)" has "25" as its hour; write 0 to 23, "*", a range such as 0-23 or a step such as 0/2',
  ],
  [
    'cron(0 3 ? * 0 *)',
    '"cron(0 3 ? * 0 *)" has "0" as its day of the week; write 1 to 7, "*", a range such as 1-7 or a step such as 1/2',
  ],
  [
    'cron(0 3 ? * XYZ#2 *)',
    '"cron(0 3 ? * XYZ#2 *)" has "XYZ#2" as its day of the week; write 1 to 7, "*", a range such as 1-7 or a step such as 1/2',
  ],
  [
    '0 3 * * *',
    '"0 3 * * *" is cron as Unix knows it; AWS has a sixth field for the year and "?" for one of the two days, such as cron(0 3 * * ? *); write it so',
  ],
  ['0 3 * * ? *', '"0 3 * * ? *" is no schedule of AWS; write cron(0 3 * * ? *)'],
  ['daily', '"daily" is no schedule of AWS; write rate(...), cron(...) or at(...), such as rate(5 minutes)'],
  [
    'at(2030-02-30T00:00:00)',
    '"at(2030-02-30T00:00:00)" names no moment; write it as at(2030-01-31T08:30:00), without a zone, which stands in schedule_expression_timezone',
  ],
])('refuses %s', (text, says) => expect(schedule(text)).toBe(says));

it('lets rules run repeatedly only', () => {
  expect(ruleSchedule('rate(1 hour)')).toBeUndefined();
  expect(ruleSchedule('at(2030-01-31T08:30:00)')).toBe(
    '"at(2030-01-31T08:30:00)" runs once, which only EventBridge Scheduler does; use aws_scheduler_schedule, or write rate(...) or cron(...)',
  );
});
