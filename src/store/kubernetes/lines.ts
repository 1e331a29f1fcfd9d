/** The lines of a text that comes in pieces. What follows the last line break is no line: it was cut off. */
export async function* linesOf(pieces: AsyncIterable<string>, longest: number): AsyncGenerator<string> {
  let begun = '';
  for await (const piece of pieces) {
    let at = 0;
    for (let end = piece.indexOf('\n'); end !== -1; end = piece.indexOf('\n', at)) {
      const line = begun + piece.slice(at, end);
      begun = '';
      at = end + 1;
      if (line !== '') yield line;
    }
    begun += piece.slice(at);
    if (begun.length > longest) throw new Error(`a line is longer than ${longest} characters`);
  }
}
