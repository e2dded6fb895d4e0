import classes from "./Wordmark.module.css";

/** The product's name, carrying a footnote of its own. */
export function Wordmark() {
  return <span className={classes.wordmark}>Footnote</span>;
}
