import { exitCodes } from './exit-codes.ts';

/** A failure as the user sees it: what, what to do, and with which status to exit. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: string;
  readonly advice: string;
  readonly exit: number;

  constructor(message: string, more: { code?: string; advice?: string; exit?: number } = {}) {
    super(message);
    this.code = more.code ?? 'failed';
    this.advice = more.advice ?? '';
    this.exit = more.exit ?? exitCodes.failed;
  }
}
