// Formats card fields while they are typed, shows in the button whether the form is complete or on its way, and leads to what is wrong.

const FORMATS = {
  number: (digits) => groups(digits.slice(0, 19), /^3[47]/.test(digits) ? [4, 6, 5] : [4, 4, 4, 4, 3]).join(' '),
  expiry: (digits, isDeleting) => formatExpiry(/^[2-9]/.test(digits) ? `0${digits}` : digits, isDeleting),
  cvc: (digits) => digits.slice(0, 4),
};

const LEAST_DIGITS = { number: 13, expiry: 4, cvc: 3 };

function groups(digits, sizes) {
  let start = 0;
  return sizes.map((size) => digits.slice(start, (start += size))).filter(Boolean);
}

function formatExpiry(digits, isDeleting) {
  const month = digits.slice(0, 2);
  const year = digits.length > 4 && digits.startsWith('20', 2) ? digits.slice(4, 6) : digits.slice(2, 4);
  const hasSeparator = year !== '' || (month.length === 2 && !isDeleting);
  return hasSeparator ? `${month} / ${year}` : month;
}

function format(input, isDeleting) {
  const typed = input.value;
  const digitsBeforeCaret = typed.slice(0, input.selectionStart ?? typed.length).replace(/\D/g, '').length;
  const isAtEnd = input.selectionStart === typed.length;
  const formatted = FORMATS[input.dataset.card](typed.replace(/\D/g, ''), isDeleting);
  if (formatted === typed) return;
  input.value = formatted;
  const caret = isAtEnd ? formatted.length : positionAfterDigits(formatted, digitsBeforeCaret);
  input.setSelectionRange(caret, caret);
}

function positionAfterDigits(text, count) {
  let seen = 0;
  for (let position = 0; position < text.length; position += 1) {
    if (seen === count) return position;
    if (/\d/.test(text[position])) seen += 1;
  }
  return text.length;
}

function isComplete(form) {
  const saved = form.querySelector('input[name="method"]:checked');
  if (saved && !['add', 'card'].includes(saved.value)) return true;
  return [...form.querySelectorAll('input[aria-required="true"]')].every((input) => {
    if (input.type === 'checkbox') return input.checked;
    const part = input.dataset.card;
    return part ? input.value.replace(/\D/g, '').length >= LEAST_DIGITS[part] : input.value.trim() !== '';
  });
}

function show(button, state) {
  for (const name of ['incomplete', 'complete', 'processing']) button.classList.toggle(`SubmitButton--${name}`, name === state);
}

function enhance(form) {
  const button = form.querySelector('.SubmitButton');
  if (!button) return;
  const label = button.querySelector('.SubmitButton-label');
  const restingText = label.textContent;
  const refresh = () => show(button, isComplete(form) ? 'complete' : 'incomplete');
  form.addEventListener('input', (event) => {
    if (event.target.dataset.card) format(event.target, event.inputType?.startsWith('delete') ?? false);
    refresh();
  });
  form.addEventListener('submit', () => {
    show(button, 'processing');
    label.textContent = button.dataset.busyLabel;
  });
  window.addEventListener('pageshow', () => {
    label.textContent = restingText;
    refresh();
  });
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

document.querySelectorAll('form').forEach((form) => {
  sendOnce(form);
  enhance(form);
});
document.querySelector('[aria-invalid="true"], .Notice--error')?.focus();
