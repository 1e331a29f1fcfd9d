import { type Html, html } from './html.ts';
import type { Texts } from './texts-en.ts';
import { languages, textsIn, themes, type Visitor } from './visitor.ts';

export interface LayoutParts {
  readonly title: string;
  readonly main: Html;
  readonly texts: Texts;
  readonly visitor: Visitor;
  /** Path and query of this page, for links that show it otherwise. */
  readonly here: { readonly path: string; readonly query: URLSearchParams };
  readonly isLive: boolean;
  /** Paths of what else a browser loads. */
  readonly assets: { readonly style: string; readonly script: string; readonly icon: string };
}

/** A whole page. */
export function layout({ title, main, texts, visitor, here, isLive, assets }: LayoutParts): string {
  const theme = visitor.theme === 'auto' ? undefined : html` data-theme="${visitor.theme}"`;
  return html`<!doctype html>
<html lang="${visitor.language === 'zh' ? 'zh-CN' : 'en'}"${theme}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – ${texts.product}</title>
<link rel="stylesheet" href="${assets.style}">
<link rel="icon" href="${assets.icon}" type="image/svg+xml">
<script src="${assets.script}" defer></script>
</head>
<body>
<a class="skip" href="#main">${texts.skip}</a>
<header>
<nav aria-label="${texts.navigation}">
<a class="home" href="/">${texts.product}</a>
${links(texts, here.path)}
</nav>
${searchForm(texts, here.query.get('q') ?? '')}
<div class="who">${texts.signedIn(visitor.name, visitor.role)}</div>
</header>
<main id="main" tabindex="-1"${isLive ? html` data-live` : ''}>
<h1>${title}</h1>
${main}
</main>
<footer>
${isLive ? html`<p class="live" role="status" data-on="${texts.liveOn}" data-off="${texts.liveOff}"></p>` : ''}
${choices(texts.language, 'lang', languages, visitor.language, here, (one) => textsIn(one).name)}
${choices(texts.theme, 'theme', themes, visitor.theme, here, (one) => texts[one])}
</footer>
</body>
</html>
`.text;
}

function links(texts: Texts, path: string): Html {
  const pages = [
    ['/', texts.overview],
    ['/network', texts.network],
    ['/events', texts.events],
  ] as const;
  return html`<ul>${pages.map(([to, name]) => html`<li><a href="${to}"${to === path ? html` aria-current="page"` : ''}>${name}</a></li>`)}</ul>`;
}

export function searchForm(texts: Texts, value: string): Html {
  return html`<form class="search" role="search" action="/search" method="get">
<label><span class="unseen">${texts.searchFor}</span><input type="search" name="q" value="${value}" placeholder="${texts.searchFor}" maxlength="300"></label>
<button type="submit">${texts.search}</button>
</form>`;
}

function choices<T extends string>(
  title: string,
  name: string,
  all: readonly T[],
  chosen: T,
  { path, query }: LayoutParts['here'],
  nameOf: (one: T) => string,
): Html {
  const to = (one: T): string => {
    const next = new URLSearchParams(query);
    next.set(name, one);
    return `${path}?${next}`;
  };
  const items = all.map((one) =>
    one === chosen
      ? html`<li><a href="${to(one)}" aria-current="true">${nameOf(one)}</a></li>`
      : html`<li><a href="${to(one)}">${nameOf(one)}</a></li>`,
  );
  return html`<nav aria-label="${title}"><span>${title}</span><ul>${items}</ul></nav>`;
}
