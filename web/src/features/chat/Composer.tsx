import { ActionIcon, Textarea } from "@mantine/core";
import { ArrowUp, Square } from "lucide-react";
import { type FormEvent, type KeyboardEvent, useEffect, useRef } from "react";
import classes from "./Chat.module.css";

interface Props {
  text: string;
  onText: (text: string) => void;
  onAsk: () => void;
  /** Present while an answer is being written. */
  onStop: (() => void) | null;
  isStopping: boolean;
  isSending: boolean;
}

const LONGEST_QUESTION = 4000;

function isTouch(): boolean {
  return globalThis.matchMedia("(pointer: coarse)").matches;
}

/** Where questions are written. Enter asks, Shift and Enter starts a line; on touch screens Enter starts a line. */
export function Composer({ text, onText, onAsk, onStop, isStopping, isSending }: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (!isTouch()) field.current?.focus(); // On touch screens the focus would open the keyboard over the page.
  }, []);
  const canAsk = text.trim() !== "" && onStop === null && !isSending;
  const ask = () => {
    if (!canAsk) return;
    onAsk();
    field.current?.focus();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // While an input method composes a word, Enter belongs to it.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing || isTouch()) return;
    event.preventDefault();
    ask();
  };
  return (
    <form className={classes.composer} onSubmit={submit}>
      <Textarea
        ref={field}
        variant="unstyled"
        autosize
        minRows={1}
        maxRows={8}
        px="xs"
        dir="auto"
        aria-label="Your question"
        placeholder="Ask about your documents"
        value={text}
        maxLength={LONGEST_QUESTION}
        onChange={(event) => onText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        />
      {onStop === null ? (
        <ActionIcon type="submit" size={38} radius="xl" aria-label="Ask" disabled={!canAsk} loading={isSending}>
          <ArrowUp size={20} />
        </ActionIcon>
      ) : (
        <ActionIcon type="button" size={38} radius="xl" variant="default" aria-label="Stop the answer" onClick={onStop} loading={isStopping}>
          <Square size={16} fill="currentColor" />
        </ActionIcon>
      )}
    </form>
  );
}
