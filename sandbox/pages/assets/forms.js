// Formats card fields while they are typed, shows in the button whether the form is complete or on its way, and leads to what is wrong.
import { moveIntoFrame } from './card-frame.js';
import { formatCardInput, isCardPartComplete } from './card-input.js';

/** The fields of a form, those in its card frame as well. */
function fieldsOf(form, frame) {
  const parts = [form, ...(frame ? [frame.contentDocument] : [])];
  return parts.flatMap((part) => [...part.querySelectorAll('input[aria-required="true"]')]);
}

function isComplete(form, frame) {
  const saved = form.querySelector('input[name="method"]:checked');
  if (saved && !['add', 'card'].includes(saved.value)) return true;
  return fieldsOf(form, frame).every((input) => {
    if (input.type === 'checkbox') return input.checked;
    return input.dataset.card ? isCardPartComplete(input) : input.value.trim() !== '';
  });
}

function show(button, state) {
  for (const name of ['incomplete', 'complete', 'processing']) button.classList.toggle(`SubmitButton--${name}`, name === state);
}

function enhance(form) {
  const button = form.querySelector('.SubmitButton');
  if (!button) return;
  const frame = moveIntoFrame(form);
  const label = button.querySelector('.SubmitButton-label');
  const restingText = label.textContent;
  const refresh = () => show(button, isComplete(form, frame) ? 'complete' : 'incomplete');
  const hear = (event) => {
    if (event.target.dataset?.card) formatCardInput(event.target, event.inputType?.startsWith('delete') ?? false);
    refresh();
  };
  form.addEventListener('input', hear);
  frame?.contentDocument.addEventListener('input', hear);
  form.addEventListener('submit', () => {
    show(button, 'processing');
    label.textContent = button.dataset.busyLabel;
  });
  window.addEventListener('pageshow', () => {
    label.textContent = restingText;
    refresh();
  });
  leadTo(frame?.contentDocument.querySelector('[aria-invalid="true"]'));
}

// Whoever is typing already when this runs is left where they are.
function leadTo(wrong) {
  if (document.activeElement === document.body) wrong?.focus();
}

// A second click sends nothing; the back button may show the page as it was left.
function sendOnce(form) {
  let isSent = false;
  form.addEventListener('submit', (event) => {
    if (isSent) event.preventDefault();
    isSent = true;
  });
  window.addEventListener('pageshow', () => {
    isSent = false;
  });
}

// A part of an address that only some countries have; what was typed for one country is not said of another.
function showWhereItBelongs(part) {
  const country = document.getElementById(part.dataset.countryField);
  const refresh = () => {
    part.hidden = !part.dataset.countries.split(' ').includes(country.value);
  };
  country.addEventListener('change', () => {
    refresh();
    if (part.hidden) part.querySelector('input').value = '';
  });
  window.addEventListener('pageshow', refresh);
  refresh();
}

document.querySelectorAll('[data-country-field]').forEach(showWhereItBelongs);
document.querySelectorAll('form').forEach((form) => {
  sendOnce(form);
  enhance(form);
});
leadTo(document.querySelector('[aria-invalid="true"], .Notice--error'));
