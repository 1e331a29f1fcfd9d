import { isTooDeep } from '../resources/nesting.ts';
import { type YamlPart, yamlValues } from '../resources/yaml.ts';

/**
 * The documents of a text that is YAML or JSON. JSON is YAML too, and its parser needs seconds for 32,000 nodes where JSON's needs
 * milliseconds: so it is asked only where lines are wanted, or something is unusual.
 * @throws IpamError invalid-config
 */
export function documentsOf(text: string, source: string): readonly YamlPart[] {
  const value = plainJson(text);
  if (value === undefined) return yamlValues(text, source);
  let lines: YamlPart['lineOf'] | undefined;
  return [
    {
      subject: source,
      value,
      lineOf: (path) => {
        if (path.length === 0) return 1;
        lines ??= yamlValues(text, source)[0]?.lineOf ?? (() => 1);
        return lines(path);
      },
    },
  ];
}

/** Strings as they are, and the blanks between the rest. */
const stringOrBlanks = /("(?:[^"\\]|\\.)*")|\s+/g;

/**
 * The value of JSON that reads the same when it is written again; undefined otherwise: a key that is there twice, which JSON's parser
 * does not tell, is for the other one to refuse.
 */
function plainJson(text: string): unknown {
  if (!/^\s*\{/.test(text)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
  if (isTooDeep(value)) return undefined;
  return JSON.stringify(value) === text.replace(stringOrBlanks, '$1') ? value : undefined;
}
