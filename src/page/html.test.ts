import { describe, expect, it } from 'vitest';
import { html } from './html.ts';

describe('a piece of a page', () => {
  it.each([
    ['text', html`<p>${'a'}</p>`, '<p>a</p>'],
    ['what would be markup, as text', html`<p>${'<script>'}</p>`, '<p>&lt;script&gt;</p>'],
    ['what would end an attribute, as text', html`<a title="${`"'&`}">`, '<a title="&quot;&#39;&amp;">'],
    ['another piece', html`<p>${html`<b>a</b>`}</p>`, '<p><b>a</b></p>'],
    ['many', html`${[html`<i>1</i>`, '<', 3n, 4]}`, '<i>1</i>&lt;34'],
    ['nothing of what is not there', html`a${undefined}b${false}c${''}`, 'abc'],
    ['zero', html`${0}`, '0'],
  ])('shows %s', (_what, piece, text) => {
    expect(piece.text).toBe(text);
  });
});
