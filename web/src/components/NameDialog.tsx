import { Button, Group, Modal, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { ApiProblem } from "@/api/problem";
import { ProblemNotice } from "./ProblemNotice";

interface Props {
  title: string;
  label: string;
  initial: string;
  saveLabel: string;
  isBusy: boolean;
  problem: ApiProblem | null;
  onSave: (name: string) => void;
  onClose: () => void;
}

const LONGEST_NAME = 200;

/** Asks for one name. Mount it when it is needed: its text starts from `initial`. */
export function NameDialog({ title, label, initial, saveLabel, isBusy, problem, onSave, onClose }: Props) {
  const [name, setName] = useState(initial);
  const trimmed = name.trim();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (trimmed !== "") onSave(trimmed);
  };
  return (
    <Modal opened onClose={onClose} title={title} centered closeButtonProps={{ "aria-label": "Close" }}>
      <form onSubmit={submit}>
        <TextInput label={label} value={name} onChange={(event) => setName(event.currentTarget.value)} maxLength={LONGEST_NAME} dir="auto" data-autofocus required />
        {problem === null ? null : <ProblemNotice problem={problem} />}
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={isBusy} disabled={trimmed === ""}>
            {saveLabel}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
