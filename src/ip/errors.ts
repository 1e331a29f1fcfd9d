/** A text that is not the address, prefix or range it should be. */
export class AddressError extends Error {
  override readonly name = 'AddressError';
  readonly input: string;
  readonly reason: string;

  /** @param what what the text should have been, with its article: `an IP address` */
  constructor(input: string, what: string, reason: string) {
    super(`${JSON.stringify(input.length > 60 ? `${input.slice(0, 57)}…` : input)} is not ${what}: ${reason}`);
    this.input = input;
    this.reason = reason;
  }
}
