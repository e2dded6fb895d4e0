import { ActionIcon, type ActionIconProps, Tooltip } from "@mantine/core";
import type { ComponentPropsWithRef, ReactNode } from "react";
import { Link } from "react-router";

interface Labelled {
  label: string;
  children: ReactNode;
}

type ButtonProps = Labelled & ActionIconProps & Omit<ComponentPropsWithRef<"button">, keyof ActionIconProps | "children">;

const LOOK = { variant: "subtle", color: "gray", size: "lg", c: "var(--mantine-color-text)" } as const;

/** A button that does nothing now stands back instead of being filled with grey. */
const FADED = { bg: "transparent", c: "var(--mantine-color-disabled-color)" } as const;

/** A button that is an icon: always with a name for screen readers and the same words on hover. */
export function IconButton({ label, children, ...rest }: ButtonProps) {
  return (
    <Tooltip label={label} openDelay={400}>
      <ActionIcon {...LOOK} aria-label={label} {...(rest.disabled ? FADED : {})} {...rest}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

/** The same as a link: `to` leads to a screen, `download` fetches a file. */
export function IconLink({ label, children, ...target }: Labelled & ({ to: string } | { download: string })) {
  return (
    <Tooltip label={label} openDelay={400}>
      {"to" in target ? (
        <ActionIcon {...LOOK} component={Link} to={target.to} aria-label={label}>
          {children}
        </ActionIcon>
      ) : (
        <ActionIcon {...LOOK} component="a" href={target.download} aria-label={label}>
          {children}
        </ActionIcon>
      )}
    </Tooltip>
  );
}
