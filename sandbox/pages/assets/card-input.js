// Card fields as they are typed: digits become groups, an expiry gets its slash, the caret stays where it was.

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

export function formatCardInput(input, isDeleting) {
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

export function isCardPartComplete(input) {
  return input.value.replace(/\D/g, '').length >= LEAST_DIGITS[input.dataset.card];
}
