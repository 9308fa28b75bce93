import { LogSettings, TraceSettings } from '../../../../src/runtime/engine/settings';

describe('logs', () => {
  test('a level holds the graver ones, and setting one sets the logger', () => {
    const logger = { level: 'info' };
    const settings = new LogSettings(logger);
    const usual = {
      log_file: '',
      log_info: true,
      log_warning: true,
      log_error: true,
      log_verbose_level: 0,
      log_format: 'ISO8601',
    };
    expect(settings.get()).toEqual(usual);
    expect(settings.set({})).toEqual(usual);
    expect(settings.set({ log_verbose_level: 3 })).toEqual({ ...usual, log_verbose_level: 1 });
    expect(logger.level).toBe('debug');
    expect(settings.set({ log_verbose_level: 0, log_info: false })).toEqual({ ...usual, log_info: false });
    expect(logger.level).toBe('warn');
    settings.set({ log_warning: false });
    expect(logger.level).toBe('error');
    expect(settings.set({ log_error: false })).toMatchObject({ log_error: false, log_warning: false });
    expect(logger.level).toBe('fatal');
    expect(settings.set({ log_warning: true, log_verbose_level: 0 })).toMatchObject({
      log_error: true,
      log_info: false,
    });
    expect(settings.set({ log_verbose_level: 1 })).toEqual({ ...usual, log_verbose_level: 1 });
    settings.set({ log_error: false });
    expect(logger.level).toBe('fatal');
  });

  test('a logger that says nothing stays so until it is asked for something', () => {
    const logger = { level: 'silent' };
    const settings = new LogSettings(logger);
    settings.set({ log_verbose_level: 0 });
    expect(settings.get().log_error).toBe(false);
    settings.set({ log_error: true });
    expect(logger.level).toBe('error');
  });

  test.each<[object, string]>([
    [
      { log_info: 1 },
      'log settings: "log_info" is neither true nor false, because it is a switch; send true or false.',
    ],
    [{ log_verbose_level: -1 }, '"log_verbose_level" is no whole number from 0 on'],
    [
      { log_info: true, log_error: false },
      'log settings: a level is on, and a graver one off, because a level holds the graver ones: verbose, info, warning, error; leave one of them out.',
    ],
    [{ log_warnings: true }, 'log settings: there is no setting "log_warnings", because there are'],
    [{ log_warnings: true }, 'did you mean "log_warning".'],
    [
      { log_file: '/tmp/log' },
      'log settings: "log_file" cannot be changed, because logs go to standard error, where Kubernetes collects them; leave it out.',
    ],
    [{ log_format: 'default' }, '"log_format" cannot be changed, because lines are JSON with times of ISO 8601'],
  ])('%j is refused, and nothing changes', (changes, message) => {
    const logger = { level: 'info' };
    expect(() => new LogSettings(logger).set(changes as Record<string, unknown>)).toThrow(message);
    expect(logger.level).toBe('info');
  });
});

describe('traces', () => {
  const never = (): number => 0.999;
  const always = (): number => 0;

  test('the share of requests is a rate, and changes at once', () => {
    const settings = new TraceSettings(0.25);
    expect(settings.get()).toEqual({
      trace_level: ['TIMESTAMPS'],
      trace_rate: '4',
      trace_count: '-1',
      log_frequency: '0',
      trace_file: '',
      trace_mode: 'opentelemetry',
    });
    expect(settings.takes('m', () => 0.2)).toBe(true);
    expect(settings.takes('m', () => 0.3)).toBe(false);
    expect(settings.set({ trace_rate: '1' })).toMatchObject({ trace_rate: '1' });
    expect(settings.takes('m', never)).toBe(true);
    settings.set({ trace_level: ['OFF'] });
    expect(settings.takes('m', always)).toBe(false);
    expect(settings.set({ trace_level: null, trace_rate: null })).toMatchObject({
      trace_level: ['TIMESTAMPS'],
      trace_rate: '4',
    });
  });

  test('a count is used up by the traces that begin', () => {
    const settings = new TraceSettings(1);
    settings.set({ trace_count: ['2'] });
    expect([1, 2, 3].map(() => settings.takes('m', always))).toEqual([true, true, false]);
    expect(settings.get().trace_count).toBe('0');
    expect(settings.set({ trace_count: null }).trace_count).toBe('-1');
  });

  test('a model has settings of its own until all it says is null', () => {
    const settings = new TraceSettings(1);
    settings.set({ trace_level: 'OFF' }, 'quiet');
    expect(settings.takes('quiet', always)).toBe(false);
    expect(settings.takes('other', always)).toBe(true);
    expect(settings.get('quiet').trace_level).toEqual(['OFF']);
    expect(settings.get('other').trace_level).toEqual(['TIMESTAMPS']);
    settings.set({}, 'quiet');
    expect(settings.takes('quiet', always)).toBe(false);
    settings.set({ trace_level: null }, 'quiet');
    expect(settings.takes('quiet', always)).toBe(true);
  });

  test('a share of 0 is off; without a collector it stays off', () => {
    expect(new TraceSettings(0).get().trace_level).toEqual(['OFF']);
    expect(new TraceSettings(0).takes('m', always)).toBe(false);
    expect(new TraceSettings(0).set({ trace_level: ['TIMESTAMPS'] }).trace_level).toEqual(['TIMESTAMPS']);
    const none = new TraceSettings(undefined);
    expect(none.set({ trace_rate: '10' })).toMatchObject({ trace_level: ['OFF'], trace_rate: '10' });
    expect(() => none.set({ trace_level: ['TIMESTAMPS'] })).toThrow(
      'trace settings: traces cannot be switched on, because the server was started without a collector to send them to; start it with --tracing-endpoint.',
    );
  });

  test.each<[object, string]>([
    [
      { trace_level: ['TENSORS'] },
      'trace settings of model "m": the trace_level "TENSORS" is unknown, because there are OFF and TIMESTAMPS: traces hold times, and never what was sent; send one of them.',
    ],
    [{ trace_rate: '0' }, '"trace_rate" is no whole number from 1 on, because it counts requests; correct it.'],
    [{ trace_rate: '' }, '"trace_rate" is no whole number'],
    [{ trace_count: 'many' }, '"trace_count" is no whole number from -1 on'],
    [{ trace_file: '/tmp/t' }, '"trace_file" cannot be changed, because spans are sent to a collector'],
    [{ trace_mode: 'triton' }, '"trace_mode" cannot be changed, because spans are those of OpenTelemetry'],
    [{ log_frequency: '5' }, '"log_frequency" cannot be changed, because spans are sent as they end'],
    [{ rate: '5' }, 'there is no setting "rate"'],
  ])('%j is refused, and nothing changes', (changes, message) => {
    const settings = new TraceSettings(1);
    expect(() => settings.set(changes as Record<string, unknown>, 'm')).toThrow(message);
    expect(settings.get('m')).toEqual(settings.get());
  });
});
