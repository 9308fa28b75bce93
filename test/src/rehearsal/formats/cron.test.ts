import { cron } from '../../../../src/rehearsal/formats/cron';

// Accepted and refused as in github.com/robfig/cron/v3's parser_test.go.
it.each([
  '* * * * *',
  '0 3 * * *',
  '*/5 0-12/2 1,15 JAN-mar sun',
  '5/15 * ? * ?',
  ' 0  0 1 1 0 ',
  '@daily',
  '@every 1h30m',
  ',1 * * * *',
])('accepts %s', (text) => expect(cron(text)).toBeUndefined());

it.each([
  [
    '0 3 * *',
    '"0 3 * *" has 4 fields; write five: minute, hour, day of the month, month, day of the week, such as "0 3 * * *"',
  ],
  ['', '"" has 0 fields; write five: minute, hour, day of the month, month, day of the week, such as "0 3 * * *"'],
  ['60 * * * *', '"60 * * * *" has "60" as its minute; write 0 to 59, "*", a range such as 0-59 or a step such as */2'],
  [
    '0 0 * * 7',
    '"0 0 * * 7" has "7" as its day of the week; write 0 to 6, "*", a range such as 0-6 or a step such as */2',
  ],
  [
    '0 0 * * mo',
    '"0 0 * * mo" has "mo" as its day of the week; write 0 to 6, "*", a range such as 0-6 or a step such as */2',
  ],
  [
    '*/0 * * * *',
    '"*/0 * * * *" has "*/0" as its minute; write 0 to 59, "*", a range such as 0-59 or a step such as */2',
  ],
  ['5-1 * * * *', '"5-1 * * * *" has "5-1" as its minute; write the lower end of the range first'],
  [
    '@dayly',
    '"@dayly" is no descriptor of cron; write @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly or @every 1h',
  ],
  [
    'TZ=Europe/Berlin 0 3 * * *',
    '"TZ=Europe/Berlin 0 3 * * *" names a time zone, which CronJobs refuse there; set timezone instead',
  ],
])('refuses %s', (text, says) => expect(cron(text)).toBe(says));
