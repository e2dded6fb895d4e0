import { Button, Group, Modal } from "@mantine/core";
import type { ReactNode } from "react";
import type { ApiProblem } from "@/api/problem";
import { ProblemNotice } from "./ProblemNotice";

interface Props {
  opened: boolean;
  title: string;
  confirmLabel: string;
  isBusy: boolean;
  problem: ApiProblem | null;
  onConfirm: () => void;
  onClose: () => void;
  children: ReactNode;
}

/** Asks before something is done that cannot be undone. */
export function ConfirmDialog({ opened, title, confirmLabel, isBusy, problem, onConfirm, onClose, children }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title={title} centered closeButtonProps={{ "aria-label": "Close" }}>
      {children}
      {problem === null ? null : <ProblemNotice problem={problem} />}
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose} data-autofocus>
          Keep
        </Button>
        <Button color="red.8" onClick={onConfirm} loading={isBusy}>
          {confirmLabel}
        </Button>
      </Group>
    </Modal>
  );
}
