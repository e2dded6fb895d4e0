/** The one-time code in the fragment of a sign-in link, `…/sign-in#code=…`; a fragment is never sent to a server. */

export function codeIn(hash: string): string | null {
  return new URLSearchParams(hash.replace(/^#/, "")).get("code");
}

/** Read the code and take it out of the address bar and the history, so that it is not left behind or sent twice. */
export function takeCode(location: Location, history: History): string | null {
  const code = codeIn(location.hash);
  if (code !== null) history.replaceState(history.state, "", location.pathname + location.search);
  return code;
}
