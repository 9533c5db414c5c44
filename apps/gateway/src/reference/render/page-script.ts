/**
 * Runs in the page: opens the section that the address names, and hides what the search does not find. Plain text, because the policy
 * allows this script by the hash of exactly these bytes.
 */
export const SCRIPT = `
const search = document.getElementById('search');
const found = document.getElementById('found');
const entries = [...document.querySelectorAll('main details.operation, main details.object')].map((entry) => ({
  entry,
  link: document.querySelector('nav [data-operation="' + CSS.escape(entry.id) + '"]'),
  text: ['summary', '.about', '.facts'].map((part) => entry.querySelector(part)?.textContent.toLowerCase() ?? '').join(' '),
}));
const openNamed = () => {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named?.tagName !== 'DETAILS') return;
  if (named.hidden) show('');
  named.open = true;
  named.scrollIntoView();
};
const show = (wanted) => {
  search.value = wanted;
  const words = wanted.toLowerCase().split(/\\s+/).filter((word) => word !== '');
  let count = 0;
  for (const { entry, link, text } of entries) {
    entry.hidden = !words.every((word) => text.includes(word));
    if (link) link.hidden = entry.hidden;
    if (!entry.hidden) count += 1;
  }
  for (const section of document.querySelectorAll('.searched')) section.hidden = !section.querySelector('details.operation:not([hidden]), details.object:not([hidden])');
  found.textContent = words.length === 0 ? '' : count + ' found';
};
search.parentElement.hidden = false;
search.addEventListener('input', () => show(search.value));
addEventListener('hashchange', openNamed);
document.addEventListener('click', ({ target }) => {
  if (target.closest?.('a[href="' + CSS.escape(location.hash) + '"]')) openNamed();
});
openNamed();
`;
