import { duration } from '../../../../src/rehearsal/formats/duration';

// Accepted and refused as in Go's time/time_test.go (TestParseDuration, TestParseDurationErrors).
it.each(['0', '5s', '30m', '1h30m', '1.5h', '.5s', '-5s', '2h45m30.25s', '10ms'])('accepts %s', (text) =>
  expect(duration(text)).toBeUndefined(),
);

it.each([
  ['90', '"90" is no duration; write 90s'],
  ['5 min', '"5 min" is no duration; write 5m'],
  ['2hours', '"2hours" is no duration; write 2h'],
  ['2d', '"2d" is no duration, since there is no unit for days; write 48h'],
  ['', '"" is no duration; write one such as 90s or 1h30m'],
  ['soon', '"soon" is no duration; write one such as 90s or 1h30m'],
])('refuses %s', (text, says) => expect(duration(text)).toBe(says));
