// The portal's card fields stand in a frame, as on Stripe's own page; what is typed there is sent with the form around it.
// Without scripts they stay in the form.

const TITLE = 'Secure payment input frame';

/** Moves the card fields of a form that asks for it; returns their frame. */
export function moveIntoFrame(form) {
  const fields = form.querySelector('[data-in-frame] .CardFields');
  if (!fields) return undefined;
  const frame = document.createElement('iframe');
  frame.title = TITLE;
  frame.className = 'CardFrame';
  fields.before(frame);
  furnish(frame.contentDocument, fields);
  sendAlong(form, frame.contentDocument);
  fitHeight(frame);
  return frame;
}

function furnish(inside, fields) {
  inside.documentElement.lang = document.documentElement.lang;
  inside.title = TITLE;
  for (const sheet of document.querySelectorAll('link[rel="stylesheet"]')) inside.head.append(sheet.cloneNode());
  const main = inside.createElement('div');
  inside.body.className = 'CardFrame-body';
  inside.body.append(main);
  main.append(fields);
}

function sendAlong(form, inside) {
  for (const input of inside.querySelectorAll('input')) {
    const copy = Object.assign(document.createElement('input'), { type: 'hidden', name: input.name });
    form.append(copy);
    form.addEventListener('submit', () => {
      copy.value = input.value;
    });
    input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') form.requestSubmit();
    });
  }
}

function fitHeight(frame) {
  const { body } = frame.contentDocument;
  const fit = () => {
    frame.height = String(body.firstElementChild.scrollHeight);
  };
  new window.ResizeObserver(fit).observe(body.firstElementChild);
}
