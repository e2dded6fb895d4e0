/** How numbers, sizes, times and money are written for people. */

const numbers = new Intl.NumberFormat("en");
const BYTE_UNITS = ["B", "KB", "MB", "GB"] as const;
const NANO = 1e9;
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

/** `1,234`. */
export function formatCount(count: number): string {
  return numbers.format(count);
}

/** `1 page`, `37 pages`. The unit is given in the plural, as the API writes it. */
export function formatQuantity(count: number, pluralUnit: string): string {
  return `${formatCount(count)} ${unitOf(count, pluralUnit)}`;
}

/** `page` for one, `pages` for any other count. */
export function unitOf(count: number, plural: string): string {
  if (count !== 1) return plural;
  if (plural.endsWith("ies")) return `${plural.slice(0, -3)}y`;
  return plural.endsWith("s") ? plural.slice(0, -1) : plural;
}

/** `820 B`, `1.4 MB`; units of 1,000. */
export function formatBytes(sizeBytes: number): string {
  let size = sizeBytes;
  let unit = 0;
  while (size >= 999.5 && unit < BYTE_UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || size >= 99.5 ? 0 : 1;
  return `${size.toFixed(digits)} ${BYTE_UNITS[unit] ?? ""}`;
}

/** `85 ms`, `2.4 s`, `3 min 20 s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < SECOND_MS) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < MINUTE_MS) return `${(milliseconds / SECOND_MS).toFixed(1)} s`;
  const minutes = Math.floor(milliseconds / MINUTE_MS);
  const seconds = Math.round((milliseconds % MINUTE_MS) / SECOND_MS);
  return seconds === 0 ? `${minutes} min` : `${minutes} min ${seconds} s`;
}

/** `free`, `$0.00042`, `$1.20`: as many decimals as show two digits that count. */
export function formatCost(nanoUsd: number): string {
  if (nanoUsd === 0) return "free";
  const usd = nanoUsd / NANO;
  if (usd >= 1) return `$${usd.toFixed(2)}`;
  return `$${usd.toFixed(Math.min(9, 1 - Math.floor(Math.log10(usd))))}`;
}

/** `20 Nov 2026, 11:26` in the reader's time zone. */
export function formatTime(iso: string): string {
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));
}

/** `just now`, `5 min ago`, `yesterday`, then the date. */
export function formatAge(iso: string, now: Date): string {
  const minutes = Math.floor((now.getTime() - new Date(iso).getTime()) / MINUTE_MS);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ago`;
  if (hours < 48) return "yesterday";
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "medium" }).format(new Date(iso));
}

/** The language's English name for a code such as `de`; the code itself when it is not known. */
export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of(code) ?? code;
  } catch {
    return code; // The code was not well formed; showing it is the honest answer.
  }
}

/** A few words on where a passage stands: `page 12`, `pages 12–13`, or nothing for formats without pages. */
export function formatPages(pages: readonly number[]): string {
  const first = pages[0];
  const last = pages[pages.length - 1];
  if (first === undefined || last === undefined) return "";
  return first === last ? `page ${first}` : `pages ${first}–${last}`;
}
