// What pages do by themselves: a page with data-live is fetched anew when an allocation changes, a table with data-events gets a
// line for each change. All else works without.

/** A page is fetched anew so often at most, milliseconds. */
const pauseMs = 400;

const main = document.querySelector('main[data-live]');
const status = document.querySelector('.live');
const events = document.querySelector('[data-events] tbody');
/** Lines of events that are kept. */
const mostEvents = 200;

let isWaiting = false;
let isStale = false;

async function refresh() {
  isStale = true;
  if (isWaiting || document.hidden) return;
  isWaiting = true;
  isStale = false;
  try {
    const answer = await fetch(location.href);
    // One that is refused for its number is asked again with the next change.
    if (answer.ok) replace(await answer.text());
  } finally {
    setTimeout(() => {
      isWaiting = false;
      if (isStale) refresh();
    }, pauseMs);
  }
}

/** Puts the new content in, and the focus back to where it was. */
function replace(text) {
  const next = new DOMParser().parseFromString(text, 'text/html').querySelector('main');
  if (next === null || next.innerHTML === main.innerHTML) return;
  const focused = main.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
  // What was opened and closed stays so.
  const wasOpen = [...main.querySelectorAll('details')].map(({ open }) => open);
  for (const [index, details] of [...next.querySelectorAll('details')].entries())
    details.open = wasOpen[index] ?? details.open;
  main.replaceChildren(...next.childNodes);
  if (focused !== null) main.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
}

/** The names of things are text, never markup. */
function addEvent({ type, at, addresses, node, pod, reason }) {
  const { allocated, released } = events.closest('[data-events]').dataset;
  const row = document.createElement('tr');
  const cells = [
    `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`,
    type === 'allocated' ? allocated : released,
    links(
      'addresses',
      addresses.map(({ address }) => address),
    ),
    pod,
    links('nodes', [node]),
    links('pools', [...new Set(addresses.map(({ pool }) => pool))]),
    reason,
  ];
  for (const [index, cell] of cells.entries()) {
    const element = document.createElement(index === 0 ? 'th' : 'td');
    if (index === 0) element.scope = 'row';
    element.append(...[cell].flat());
    row.append(element);
  }
  events.prepend(row);
  while (events.rows.length > mostEvents) events.lastElementChild.remove();
}

function links(kind, names) {
  return names.flatMap((name, index) => {
    const link = document.createElement('a');
    link.href = `/${kind}/${encodeURIComponent(name)}`;
    link.textContent = name;
    return index === 0 ? [link] : [', ', link];
  });
}

function tell(text) {
  if (status !== null && status.textContent !== text) status.textContent = text;
}

if (main !== null || events !== null) {
  const source = new EventSource('/live');
  source.addEventListener('open', () => tell(status?.dataset.on ?? ''));
  source.addEventListener('error', () => tell(status?.dataset.off ?? ''));
  source.addEventListener('message', ({ data }) => {
    if (events !== null) addEvent(JSON.parse(data));
    else refresh();
  });
  document.addEventListener('visibilitychange', () => {
    if (isStale) refresh();
  });
}
