/**
 * The page on which the text at `offset` stands, for an address that names a passage but no page.
 *
 * Pages follow each other in the text, so halving finds it in a few requests however long the document is.
 * firstOffset: where the text of a page begins, null for a page without text.
 */
export async function findPage(offset: number, pageCount: number, firstOffset: (page: number) => Promise<number | null>): Promise<number> {
  let low = 1;
  let high = pageCount;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    let page = middle;
    let first = await firstOffset(page);
    while (first === null && page < high) {
      page += 1;
      first = await firstOffset(page);
    }
    if (first !== null && first <= offset) low = page;
    else high = middle - 1;
  }
  return low;
}
