import { Title } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./EmptyState.module.css";

/** A screen or list with nothing in it: says so, and what to do. */
export function EmptyState({ title, order = 1, children }: { title: string; order?: 1 | 2 | 3; children?: ReactNode }) {
  return (
    <div className={classes.box}>
      <span className={classes.mark} aria-hidden="true">
        *
      </span>
      <Title order={order} className={classes.title}>
        {title}
      </Title>
      {children}
    </div>
  );
}
