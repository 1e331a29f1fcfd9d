import { type ErrorCode, type IpamError, isIpamError } from '../errors.ts';

/** With which code an action is refused; undefined: it is done. What is no refusal is thrown on. */
export async function codeOf(action: Promise<unknown>): Promise<ErrorCode | undefined> {
  return (await refused(action))?.code;
}

/** What whoever is refused reads: `message; advice`. Empty: it is done. */
export async function refusalOf(action: Promise<unknown>): Promise<string> {
  const error = await refused(action);
  return error === undefined ? '' : `${error.message}; ${error.advice}`;
}

async function refused(action: Promise<unknown>): Promise<IpamError | undefined> {
  try {
    await action;
    return undefined;
  } catch (error) {
    if (isIpamError(error)) return error;
    throw error;
  }
}
