/**
 * `--watch`: looks again and again, and prints what it sees when that is not what it saw last, with an empty line between.
 * @param look prints what there is now
 * @param rest waits until the next look; false: there is none
 */
export async function repeat(
  look: (print: (text: string) => void) => Promise<void>,
  print: (text: string) => void,
  rest: () => Promise<boolean>,
): Promise<void> {
  let last: string | undefined;
  do {
    let seen = '';
    await look((text) => {
      seen += text;
    });
    if (seen !== last) print(last === undefined ? seen : `\n${seen}`);
    last = seen;
  } while (await rest());
}
