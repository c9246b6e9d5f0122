/** A list as one line of JSON, in pieces: however long it is, a page of it is held at a time. */

/** `{"schemaVersion":1,"<name>":[…]}` with what is on the pages; where the first cannot be read, nothing has been said yet. */
export async function* jsonList(name: string, pages: AsyncIterable<readonly object[]>): AsyncGenerator<string> {
  const head = `{"schemaVersion":1,${JSON.stringify(name)}:[`;
  let before = head;
  for await (const page of pages) {
    if (page.length === 0) continue;
    yield before + page.map((each) => JSON.stringify(each)).join(',');
    before = ',';
  }
  yield before === head ? `${head}]}\n` : ']}\n';
}
