/** What a terminal would show, as a page to take a picture of. */

const COLOURS: Readonly<Record<string, string>> = { 1: 'font-weight:bold', 2: 'opacity:.6', 31: 'color:#ff7b72', 32: 'color:#7ee787', 33: 'color:#e3b341', 36: 'color:#76e3ea' };

/** Text with ANSI colours as HTML in a dark frame. */
export function terminalPage(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  // eslint-disable-next-line no-control-regex -- the escape character is what is looked for
  const coloured = escaped.replaceAll(/\u001b\[(\d+)m/g, (_, code: string) => (code in COLOURS ? `<span style="${COLOURS[code]}">` : '</span>'));
  return `<body style="margin:0;background:#0d1117;color:#e6edf3"><pre style="margin:0;padding:20px;font:14px/1.5 monospace">${coloured}</pre></body>`;
}
