import { english, type Texts } from './texts-en.ts';
import { chinese } from './texts-zh.ts';

export const languages = ['en', 'zh'] as const;
export type Language = (typeof languages)[number];
export const themes = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const texts: Readonly<Record<Language, Texts>> = { en: english, zh: chinese };

/** Who looks at a page, and how they want it. */
export interface Visitor {
  readonly name: string;
  readonly role: string;
  readonly language: Language;
  readonly theme: Theme;
  /** May they call this method of gRPC? Pages ask the one table of permissions. */
  readonly may: (method: string) => boolean;
}

export function textsOf({ language }: Pick<Visitor, 'language'>): Texts {
  return texts[language];
}

export function textsIn(language: Language): Texts {
  return texts[language];
}

/** What a browser says of how its user wants pages. */
export interface Wishes {
  readonly query: URLSearchParams;
  /** Text of the header. */
  readonly cookies: string;
  /** Text of the header Accept-Language. */
  readonly accepts: string;
}

/** What was just chosen, else what was chosen before, else what the browser asks for. */
export function preferencesOf({ query, cookies, accepts }: Wishes): Pick<Visitor, 'language' | 'theme'> {
  const said = (name: string) => [query.get(name), cookieOf(cookies, name)];
  const accepted = accepts
    .split(',')
    .map((part) => part.trim().slice(0, 2).toLowerCase())
    .find((code) => languages.some((one) => one === code));
  return {
    language: firstOf(languages, [...said('lang'), accepted]) ?? 'en',
    theme: firstOf(themes, said('theme')) ?? 'auto',
  };
}

/** Cookies that keep what was just chosen; they say nothing of who somebody is. */
export function chosenCookies(query: URLSearchParams): readonly string[] {
  const choices = { lang: languages, theme: themes } as const;
  return Object.entries(choices).flatMap(([name, allowed]) => {
    const value = firstOf(allowed, [query.get(name)]);
    return value === undefined ? [] : [`${name}=${value}; Path=/; Max-Age=31536000; SameSite=Strict; HttpOnly`];
  });
}

function firstOf<T extends string>(allowed: readonly T[], said: readonly (string | null | undefined)[]): T | undefined {
  for (const one of said) {
    const known = allowed.find((other) => other === one);
    if (known !== undefined) return known;
  }
  return undefined;
}

function cookieOf(header: string, name: string): string | undefined {
  for (const part of header.split(';')) {
    const [key, value] = part.trim().split('=');
    if (key === name) return value;
  }
  return undefined;
}
