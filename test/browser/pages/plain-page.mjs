// A page with no client of ours: what any page in the same browser could try.
globalThis.page = {
  // As the client asks, or as an attacker would who hopes for less care.
  fetch: async (url, init = {}) => {
    try {
      const answer = await fetch(url, { credentials: 'include', ...init });
      return { status: answer.status, text: await answer.text() };
    } catch (error) {
      return { refused: error.name };
    }
  },
  // A form that sends itself, into a frame that the page has: the answer reaches no page, but the request may do harm.
  post: (url, text) => {
    const target = `frame-${document.querySelectorAll('iframe').length}`;
    const form = Object.assign(document.createElement('form'), { method: 'POST', action: url, target, enctype: 'text/plain' });
    form.append(Object.assign(document.createElement('input'), { name: text, value: '' }));
    document.body.append(Object.assign(document.createElement('iframe'), { name: target }), form);
    form.submit();
  },
};
document.getElementById('root').innerHTML = '<p id="ready">Ready.</p>';
