import { fileKind } from "./documentWords";
import classes from "./FileMark.module.css";

/** A little sheet with the kind of file on it. */
export function FileMark({ filename }: { filename: string }) {
  return (
    <span className={classes.mark} aria-hidden="true">
      {fileKind(filename)}
    </span>
  );
}
