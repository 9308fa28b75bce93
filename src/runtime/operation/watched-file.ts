import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { PlinthError } from '@plinth/contract';
import type { Logger } from '../program.js';

/**
 * A small file that is mounted and may be changed while the program runs, such as a Secret. What it says at the start must be
 * right; a later change that is wrong is told to the log, and what it said before stays.
 */
export class WatchedFile<T> {
  private text: string;
  private parsed: T;
  private readonly timer: NodeJS.Timeout;

  /**
   * @param parse throws an Error whose message says what is wrong with the text
   * @param setting the flag that names the file, for the sentence
   * @throws PlinthError `file-unreadable`, `file-invalid`
   */
  constructor(
    private readonly path: string,
    private readonly parse: (text: string) => T,
    private readonly setting: string,
    private readonly logger: Logger,
    everySeconds = 10,
  ) {
    try {
      this.text = readFileSync(path, 'utf8');
    } catch (error) {
      throw this.refusal('file-unreadable', 'the file cannot be read', error);
    }
    try {
      this.parsed = parse(this.text);
    } catch (error) {
      throw this.refusal('file-invalid', 'the file does not say what it should', error);
    }
    this.timer = setInterval(() => void this.look(), everySeconds * 1000);
    this.timer.unref();
  }

  get value(): T {
    return this.parsed;
  }

  /** Reads it anew. */
  async look(): Promise<void> {
    try {
      const text = await readFile(this.path, 'utf8');
      if (text === this.text) return;
      this.parsed = this.parse(text);
      this.text = text;
      this.logger.info({ file: this.path }, 'read anew, because it changed');
    } catch (error) {
      this.logger.error(this.refusal('file-invalid', 'the change is not taken over', error).message);
    }
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private refusal(code: string, what: string, error: unknown): PlinthError {
    const why = (error as Error).message.replace(/[\s.]+$/, '');
    return new PlinthError({ code, what, where: this.path, why, cure: `correct the file of ${this.setting}` });
  }
}
