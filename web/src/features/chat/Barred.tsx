import { Fragment } from "react";
import classes from "./Answer.module.css";

const BETWEEN_CELLS = " | ";

/** Text in which a table's cells, parted by upright bars in a document's text, are told apart at a glance. */
export function Barred({ text }: { text: string }) {
  const cells = text.split(BETWEEN_CELLS);
  return cells.map((cell, index) => (
    <Fragment key={index}>
      {index === 0 ? null : <span className={classes.bar}>{BETWEEN_CELLS}</span>}
      {cell}
    </Fragment>
  ));
}
