import { describe, expect, it } from 'vitest';
import { english } from './texts-en.ts';
import { chosenCookies, languages, preferencesOf, textsOf, type Wishes } from './visitor.ts';

const wishes = (query: string, cookies = '', accepts = ''): Wishes => ({
  query: new URLSearchParams(query),
  cookies,
  accepts,
});

describe('how somebody wants pages', () => {
  it.each([
    ['nothing is said', wishes(''), { language: 'en', theme: 'auto' }],
    ['the browser is Chinese', wishes('', '', 'zh-CN,zh;q=0.9,en;q=0.8'), { language: 'zh', theme: 'auto' }],
    ['the browser is of a language that we have not, then Chinese', wishes('', '', 'fr, zh'), { language: 'zh' }],
    ['it was chosen before', wishes('', 'theme=dark; lang=en', 'zh'), { language: 'en', theme: 'dark' }],
    ['it is chosen now', wishes('lang=zh&theme=light', 'theme=dark; lang=en'), { language: 'zh', theme: 'light' }],
    ['something else is said', wishes('lang=fr&theme=pink', 'theme=%00; lang'), { language: 'en', theme: 'auto' }],
  ])('when %s', (_what, said, wanted) => {
    expect(preferencesOf(said)).toMatchObject(wanted);
  });

  it.each([
    ['lang=zh', ['lang=zh; Path=/; Max-Age=31536000; SameSite=Strict; HttpOnly']],
    ['theme=dark', ['theme=dark; Path=/; Max-Age=31536000; SameSite=Strict; HttpOnly']],
    ['lang=zh; Secure', []],
    ['q=10.0.0.1', []],
  ])('%s is kept as %j', (query, cookies) => {
    expect(chosenCookies(new URLSearchParams(query))).toEqual(cookies);
  });
});

/** What each text comes to, whatever it is asked with. */
function linesOf(texts: object): readonly string[] {
  return Object.values(texts).flatMap((one: unknown) => {
    if (typeof one === 'string') return [one];
    return typeof one === 'function' ? [String(one('1', '2', '3'))] : linesOf(one as object);
  });
}

describe('the texts', () => {
  it.each(languages)('of %s say something everywhere', (language) => {
    const lines = linesOf(textsOf({ language }));
    expect(lines).toHaveLength(linesOf(english).length);
    expect(lines.filter((line) => line.trim() === '' || line.includes('undefined'))).toEqual([]);
  });
});
